package import ControlAPI
package import DripCore
import GRDB

extension Store {
    /// Adds a tag to people, with all that it starts and ends, a slice at a time. If one of the people is unknown or may
    /// have no more tags, none gets it.
    /// - Parameter names: each as in `person(_:)`.
    /// - Throws: `PersonError`.
    package func tag(_ names: [String], with tag: String, now: Instant) async throws -> [TagOutcome] {
        let audited: @Sendable (Int) -> String = { "\(tag) added to \($0)" }
        let check: @Sendable (String, Person) throws -> Void = { name, person in
            guard person.tags.contains(tag) || person.canGet(tag) else { throw PersonError.tooManyTags(name) }
        }
        return try await inSlices(names, audited, check) { [self] names, db in
            try IntakeTransaction.TransactionState.during(db, now: now) { shared in
                var intake = IntakeTransaction(db: db, instance: instance, catalog: catalog, now: now, shared: shared)
                return try Self.known(names, db).map { try intake.tag($0, with: tag, starts: true) }
            }
        }
    }

    /// Removes a tag from people. This starts and ends nothing; it only counts for steps' conditions when they are due.
    /// - Throws: `PersonError`.
    package func untag(_ names: [String], of tag: String) async throws -> [TagOutcome] {
        // A tag that no person has may be any text, so it must not be recorded.
        let audited: @Sendable (Int) -> String = { $0 > 0 ? "\(tag) removed from \($0)" : "nothing changed" }
        return try await inSlices(names, audited) { names, db in
            try Self.known(names, db).map { person in
                try db.remove(tag: tag, from: person.id)
                return TagOutcome(
                    page: person.address.account.externalID,
                    person: person.address.externalID,
                    isChange: person.tags.contains(tag)
                )
            }
        }
    }

    private func inSlices(
        _ names: [String],
        _ audited: @escaping @Sendable (_ changed: Int) -> String,
        _ check: @escaping @Sendable (_ name: String, Person) throws -> Void = { _, _ in },
        _ work: @escaping @Sendable ([String], Database) throws -> [TagOutcome]
    ) async throws -> [TagOutcome] {
        try await read { db in for name in names { try check(name, try Self.find(name, db)) } }
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

    /// Returns the people of a slice. All were known before the first slice; those erased since are left out.
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
        var outcome = TagOutcome(
            page: person.address.account.externalID,
            person: person.address.externalID,
            isChange: !person.tags.contains(tag)
        )
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
