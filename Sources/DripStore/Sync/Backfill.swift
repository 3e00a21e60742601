package import DripCore
package import Foundation
import GRDB

/// Adds a person who wrote to the page before dripd was connected, in the caller's transaction. Never overwrites known
/// data with older data. The caller updates the sums.
struct Backfill {
    private var intake: IntakeTransaction
    private let page: String
    private let account: AccountID

    private var db: Database { intake.db }
    private var catalog: Catalog { intake.catalog }
    private var now: Instant { intake.now }

    init(intake: IntakeTransaction, page: String, account: AccountID) {
        self.intake = intake
        self.page = page
        self.account = account
    }

    /// - Returns: whether the person is new; false if they were erased after their last message.
    func keep(_ contact: Contact) throws -> Bool {
        let forgotten = try Forgotten(page: page, address: contact.address, db, intake.instance)
        guard contact.lastWroteAt > forgotten?.at ?? .distantPast else { return false }
        // Their profile is requested when they write (0 marks it as requested long ago): a page may have more people
        // than the platform answers profile requests in a day.
        let isNew = try person(contact) == nil
        if isNew {
            try db.run(
                "INSERT INTO person (created_at, stopped_at, stopped_by) VALUES (?, ?, ?)",
                [now, forgotten?.stoppedAt, forgotten?.stoppedBy?.rawValue]
            )
            try db.run(
                "INSERT INTO address (person, account, external_id, created_at, profile_at) VALUES (?, ?, ?, ?, 0)",
                [db.lastInsertedRowID, account, contact.address, now]
            )
        }
        guard let person = try person(contact) else { return isNew }
        if isNew { try forgotten?.recall(for: person.id, db) }
        let ends = contact.lastWroteAt + StandardWindow.length
        try db.run(
            """
            UPDATE person SET first_message_at = coalesce(first_message_at, ?),
                last_wrote_at = max(coalesce(last_wrote_at, ?), ?)
            WHERE id = ?
            """,
            [contact.firstWroteAt, contact.lastWroteAt, contact.lastWroteAt, person.id]
        )
        try db.run(
            "UPDATE address SET window_ends = max(coalesce(window_ends, ?), ?) WHERE id = ?",
            [ends, ends, person.address.id]
        )
        if ends > now { try db.run(IntakeTransaction.wakeWaiting, [now, now, person.id]) }
        try db.merge(contact.attributes.filter { person.attributes[$0.key] == nil }, into: person.id)
        // Old messages must not undo what the person has done since.
        if isNew {
            let consent = Consent(db: db, person: person.id)
            switch contact.lastWord {
            case .stop: _ = try consent.stop(at: contact.lastWroteAt, by: .person)
            case .ask: _ = try consent.pause(at: contact.lastWroteAt)
            case .resume, .none: break
            }
        }
        return isNew
    }

    /// - Returns: whether they were enrolled; false if they were in the sequence before, or get nothing more. Their
    ///   enrollments in sequences that stop at this one end.
    mutating func enroll(_ contact: Contact, in id: String) throws -> Bool {
        guard let sequence = catalog[id], let person = try person(contact), person.stoppedAt == nil,
            sequence.isFor(page: person.address.account.externalID),
            try db.row("SELECT 1 FROM enrollment WHERE person = ? AND sequence = ?", [person.id, id]) == nil
        else { return false }
        let rounds = catalog.isStop(id) ? try intake.rounds(person.id) : [:]
        let changes = catalog.changes(enrolling: person, in: sequence, round: 1, rounds: rounds, at: now)
        for change in changes { try intake.perform(change, person: person) }
        return !changes.isEmpty
    }

    private func person(_ contact: Contact) throws -> Person? {
        try db.first(Person.known, [account, contact.address], Person.init(row:))
    }
}

extension Store {
    /// Adds a person before they write, or replaces what is known of them.
    /// - Parameters:
    ///   - address: their address on the account.
    ///   - attributes: values for message texts: `full_name`, `city`, …
    ///   - zone: their time zone, if known.
    package func upsertPerson(
        _ address: String,
        account: AccountID,
        attributes: [String: String],
        tags: Set<String>,
        zone: TimeZone?,
        now: Instant
    ) async throws {
        try await write { db in
            var id = try db.first(Person.known, [account, address]) { $0[0] as PersonID }
            if id == nil {
                try db.run("INSERT INTO person (created_at) VALUES (?)", [now])
                id = PersonID(rawValue: db.lastInsertedRowID)
                try db.run(
                    "INSERT INTO address (person, account, external_id, created_at) VALUES (?, ?, ?, ?)",
                    [id, account, address, now]
                )
                try db.tally("people")
            }
            try db.run(
                "UPDATE person SET attributes = ?, tags = ?, zone = ? WHERE id = ?",
                [try JSONColumn.text(attributes), try JSONColumn.text(tags.sorted()), zone?.identifier, id]
            )
        }
    }
}
