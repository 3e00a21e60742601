import GRDB

extension Store {
    /// What operators changed, the newest first.
    package func audit(_ query: AuditQuery) async throws -> [AuditRecord] {
        try await read { [instance] db in
            var people: [String]?
            if let name = query.person {
                let pieces = name.split(separator: "/", maxSplits: 1).map(String.init)
                // Of everybody by that address, known or not: of one who was erased it tells that they were.
                let pages =
                    pieces.count == 2 ? [pieces[0]] : try db.all("SELECT page FROM lane", []) { $0[0] as String }
                people = pages.map { Self.pseudonym(page: $0, address: pieces.last ?? "", instance) } + [name]
            }
            return try AuditLog(db: db).records(query, people: people)
        }
    }

    /// Writes what became of a request, where its own transactions have not.
    package func end(_ request: AuditedRequest) async throws {
        guard !request.isDiscarded else { return }
        try await AuditedRequest.$current.withValue(request) { try await write { _ in } }
    }
}
