import DripCore
import GRDB

/// Writes down somebody who wrote to the page before dripd was there, in the caller's transaction. What is known already is
/// never made worse. The sums are the caller's.
struct Backfill {
    private var intake: IntakeTransaction
    private let page: String
    private let lane: LaneID

    private var db: Database { intake.db }
    private var catalog: Catalog { intake.catalog }
    private var now: Instant { intake.now }

    init(intake: IntakeTransaction, page: String, lane: LaneID) {
        self.intake = intake
        self.page = page
        self.lane = lane
    }

    /// - Returns: whether they are new; nobody is who has been forgotten since their last word.
    func keep(_ contact: Contact) throws -> Bool {
        let forgotten = try Forgotten(page: page, address: contact.address, db, intake.instance)
        guard contact.lastWroteAt > forgotten?.at ?? .distantPast else { return false }
        // Asked for when they write: a page may have more people than the platform answers questions in a day.
        try db.run(
            """
            INSERT INTO person (lane, address, created_at, profile_at, stopped_at, stopped_by) VALUES (?, ?, ?, 0, ?, ?)
            ON CONFLICT (lane, address) DO NOTHING
            """,
            [lane, contact.address, now, forgotten?.stoppedAt, forgotten?.stoppedBy?.rawValue]
        )
        let isNew = db.changesCount > 0
        guard let person = try person(contact) else { return isNew }
        let ends = contact.lastWroteAt + StandardWindow.length
        try db.run(
            """
            UPDATE person SET first_message_at = coalesce(first_message_at, ?),
                last_wrote_at = max(coalesce(last_wrote_at, ?), ?), window_ends = max(coalesce(window_ends, ?), ?)
            WHERE id = ?
            """,
            [contact.firstWroteAt, contact.lastWroteAt, contact.lastWroteAt, ends, ends, person.id]
        )
        if ends > now { try db.run(IntakeTransaction.wakeWaiting, [now, now, person.id]) }
        try db.merge(contact.attributes.filter { person.attributes[$0.key] == nil }, into: person.id)
        // Words of long ago do not undo what the person did since.
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

    /// - Returns: whether they were enrolled: nobody is who was in it before, or wants nothing more. Sequences that stop at this
    ///   one end.
    mutating func enroll(_ contact: Contact, in id: String) throws -> Bool {
        guard let sequence = catalog[id], let person = try person(contact), person.stoppedAt == nil,
            sequence.isFor(page: person.page),
            try db.row("SELECT 1 FROM enrollment WHERE person = ? AND sequence = ?", [person.id, id]) == nil
        else { return false }
        let rounds = catalog.isStop(id) ? try intake.rounds(person.id) : [:]
        let changes = catalog.changes(enrolling: person, in: sequence, round: 1, rounds: rounds, at: now)
        for change in changes { try intake.perform(change, person: person) }
        return !changes.isEmpty
    }

    private func person(_ contact: Contact) throws -> Person? {
        try db.row(
            "SELECT \(Person.columns) FROM person JOIN lane ON lane.id = person.lane WHERE lane = ? AND address = ?",
            [lane, contact.address]
        ).map(Person.init(row:))
    }
}
