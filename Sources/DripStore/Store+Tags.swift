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
    /// Gives people a tag, with all that follows from it, to all of them or, where one is unknown, to none.
    /// - Parameter names: addresses, or PAGE/ADDRESS.
    /// - Throws: `PersonError`.
    package func tag(_ names: [String], with tag: String, now: Instant) async throws -> [TagOutcome] {
        try await write { [self] db in
            try IntakeTransaction.Shared.during(db, now: now) { shared in
                var intake = IntakeTransaction(db: db, instance: instance, catalog: catalog, now: now, shared: shared)
                let outcomes = try names.map { try intake.tag(try Self.find($0, db), with: tag, starts: true) }
                AuditedRequest.current?.changes(to: "\(tag), new to \(outcomes.count(where: \.isChange))")
                return outcomes
            }
        }
    }

    /// Takes a tag from people. Nothing follows from that but what steps' conditions say when they are due.
    /// - Throws: `PersonError`.
    package func untag(_ names: [String], of tag: String) async throws -> [TagOutcome] {
        try await write { db in
            let outcomes = try names.map { name in
                let person = try Self.find(name, db)
                try db.remove(tag: tag, from: person.id)
                return TagOutcome(page: person.page, person: person.address, isChange: person.tags.contains(tag))
            }
            let changed = outcomes.count(where: \.isChange)
            // A tag that nobody has may be any text.
            AuditedRequest.current?.changes(
                to: changed > 0 ? "without \(tag), taken from \(changed)" : "nothing changed"
            )
            return outcomes
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
