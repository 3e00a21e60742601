package import DripCore
import GRDB

/// What taking back a stop, or a pause, did.
package struct ResumeReport: Codable, Hashable, Sendable {
    package let page: String
    package let person: String
    /// Since when nothing was sent, and whether because they had asked for that.
    package let since: Instant
    package let wasStopped: Bool
    /// The sequences that go on. A stop has ended all of them.
    package let goesOn: [String]

    package init(page: String, person: String, since: Instant, wasStopped: Bool, goesOn: [String]) {
        self.page = page
        self.person = person
        self.since = since
        self.wasStopped = wasStopped
        self.goesOn = goesOn
    }
}

extension Store {
    /// Takes back a person's stop or pause, and records why. What the stop ended does not come back by itself.
    /// - Parameter name: a person's address, or PAGE/ADDRESS.
    /// - Throws: `PersonError`; `notStopped` where there is nothing to take back.
    package func resume(_ name: String, reason: String, now: Instant) async throws -> ResumeReport {
        try await write { db in
            let person = try Self.find(name, db)
            guard let since = person.stoppedAt ?? person.pausedAt else { throw PersonError.notStopped(name) }
            _ = try Consent(db: db, person: person.id).resume(at: now, now: now, by: .operatorCommand, reason: reason)
            AuditedRequest.current?.changes(from: person.wish, to: "active")
            let goesOn = try db.all(
                "SELECT sequence FROM enrollment WHERE person = ? AND ended_at IS NULL ORDER BY id",
                [person.id]
            ) { row in row[0] as String }
            return ResumeReport(
                page: person.page,
                person: person.address,
                since: since,
                wasStopped: person.stoppedAt != nil,
                goesOn: goesOn
            )
        }
    }
}
