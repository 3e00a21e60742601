package import DripCore
import GRDB

/// What tagging did to a person.
package struct TagOutcome: Codable, Hashable, Sendable {
    package let page: String
    package let person: String
    /// Whether the tag is new to them, or, taken away, was theirs.
    package let isChange: Bool
    /// The sequences that the tag began.
    package var started: [String] = []
    /// The sequences that it ended.
    package var ended: [String] = []
}

extension Store {
    /// Gives people a tag, with all that follows from it, to all of them or, where one is unknown, to none; a slice at a time.
    /// - Parameter names: addresses, or PAGE/ADDRESS.
    /// - Throws: `PersonError`.
    package func tag(_ names: [String], with tag: String, now: Instant) async throws -> [TagOutcome] {
        let audited: @Sendable (Int) -> String = { "\(tag), new to \($0)" }
        return try await inSlices(names, audited) { [self] names, db in
            try IntakeTransaction.Shared.during(db, now: now) { shared in
                var intake = IntakeTransaction(db: db, instance: instance, catalog: catalog, now: now, shared: shared)
                return try Self.known(names, db).map { try intake.tag($0, with: tag, starts: true) }
            }
        }
    }

    /// Takes a tag from people. Nothing follows from that but what steps' conditions say when they are due.
    /// - Throws: `PersonError`.
    package func untag(_ names: [String], of tag: String) async throws -> [TagOutcome] {
        // A tag that nobody has may be any text.
        let audited: @Sendable (Int) -> String = { $0 > 0 ? "without \(tag), taken from \($0)" : "nothing changed" }
        return try await inSlices(names, audited) { names, db in
            try Self.known(names, db).map { person in
                try db.remove(tag: tag, from: person.id)
                return TagOutcome(page: person.page, person: person.address, isChange: person.tags.contains(tag))
            }
        }
    }

    private func inSlices(
        _ names: [String],
        _ audited: @escaping @Sendable (_ changed: Int) -> String,
        _ work: @escaping @Sendable ([String], Database) throws -> [TagOutcome]
    ) async throws -> [TagOutcome] {
        try await read { db in for name in names { _ = try Self.find(name, db) } }
        var outcomes: [TagOutcome] = []
        for slice in names.slices(of: WriteSlices.taggedPeople) {
            outcomes += try await write(as: "tag") { [outcomes] db in
                let more = try work(slice, db)
                AuditedRequest.current?.changes(to: audited((outcomes + more).count(where: \.isChange)))
                return more
            }
        }
        return outcomes
    }

    /// All were known before the first slice. A person who was erased since is left out.
    private static func known(_ names: [String], _ db: Database) throws -> [Person] {
        try names.compactMap { name in
            do { return try find(name, db) } catch PersonError.unknown { return nil }
        }
    }
}

extension IntakeTransaction {
    mutating func tag(_ person: Person, with tag: String, starts: Bool) throws -> TagOutcome {
        let changes = catalog.changes(
            tagging: person,
            with: tag,
            rounds: try rounds(person.id),
            at: now,
            starts: starts
        )
        var outcome = TagOutcome(page: person.page, person: person.address, isChange: !person.tags.contains(tag))
        for change in changes {
            try perform(change, person: person)
            switch change {
            case .enroll(let new): outcome.started.append(new.sequence)
            case .end(let sequence, _): outcome.ended.append(sequence)
            default: break
            }
        }
        return outcome
    }
}
