import ControlAPI
import DripCore
import GRDB

/// Gives the author of a comment the address that the platform names once it has delivered the private reply, in the
/// caller's transaction.
struct Identification {
    let ledger: Ledger
    let instance: String
    private var db: Database { ledger.db }

    /// - Parameter enrollment: the enrollment whose message was delivered; nothing happens if no comment started it.
    /// - Returns: a pause of the account's replies to comments without an author, if this author should not have got
    ///   one.
    func identify(authorOf enrollment: EnrollmentID, as address: String) throws -> CommentPause? {
        let author = try db.row(
            """
            SELECT person.id, account, page, address, anchor FROM person JOIN enrollment ON enrollment.person = person.id
                JOIN account ON account.id = person.account
            WHERE enrollment.id = ? AND enrollment.comment IS NOT NULL
            """,
            [enrollment]
        )
        guard let author, author["address"] != address else { return nil }
        try AuditLog(db: db).rename(
            Store.pseudonym(page: author["page"], address: author["address"], instance),
            Store.pseudonym(page: author["page"], address: address, instance)
        )
        let account: AccountID = author["account"]
        let known = try db.row(
            "SELECT \(Person.columns) FROM person JOIN account ON account.id = person.account WHERE account = ? AND address = ?",
            [account, address]
        )
        if let known {
            try merge(author["id"], into: Person(row: known))
        } else {
            let forgotten = try Forgotten(page: author["page"], address: address, db, instance)
            let stoppedAt = forgotten?.stoppedAt
            // They commented before they were erased, so the comment must not bring them back.
            if let forgotten, author["anchor"] <= forgotten.at {
                return try forget(author["id"], who: address, forgotten, of: author["page"])
            }
            try db.run(
                """
                UPDATE person SET address = ?, stopped_at = coalesce(stopped_at, ?),
                    stopped_by = CASE WHEN stopped_at IS NULL THEN ? ELSE stopped_by END
                WHERE id = ?
                """,
                [address, stoppedAt, forgotten?.stoppedBy?.rawValue, author["id"] as PersonID]
            )
            if stoppedAt != nil { _ = try ledger.stop(author["id"], sequence: nil, .stopped) }
        }
        return try replies.check(enrollment)
    }

    private var replies: UnnamedReplies { UnnamedReplies(db: db, catalog: ledger.catalog, now: ledger.now) }

    /// Erases a person who is known by a comment alone and turns out to have been erased after writing it.
    private func forget(
        _ author: PersonID,
        who address: String,
        _ forgotten: Forgotten,
        of page: String
    ) throws -> CommentPause? {
        let row = try db.row(
            "SELECT \(Person.columns) FROM person JOIN account ON account.id = person.account WHERE person.id = ?",
            [author]
        )
        guard let person = try row.map(Person.init(row:)) else { return nil }
        _ = try Erasure(db: db, instance: instance, now: ledger.now).erase(person)
        try Store.noteErasure(db)
        if let stoppedAt = person.stoppedAt {
            try Forgotten.stop(page: page, address: address, at: stoppedAt, db, instance)
        }
        guard (forgotten.stoppedAt ?? person.stoppedAt) != nil else { return nil }
        return try replies.pause(person.account, page, .stopped)
    }

    /// Merges the author of a comment into a person who is already known by another address.
    private func merge(_ author: PersonID, into known: Person) throws {
        var known = known
        // A stop applies to the person, whichever of their addresses it was recorded for.
        let stop = try db.row(
            "SELECT stopped_at, stopped_by FROM person WHERE id = ? AND stopped_at IS NOT NULL",
            [author]
        )
        if let stop, known.stoppedAt == nil {
            let (stoppedAt, stoppedBy): (Instant, String?) = (stop["stopped_at"], stop["stopped_by"])
            try db.run(
                "UPDATE person SET stopped_at = ?, stopped_by = ?, paused_at = NULL WHERE id = ?",
                [stoppedAt, stoppedBy, known.id]
            )
            _ = try ledger.stop(known.id, sequence: nil, .stopped)
            known.stoppedAt = stoppedAt
        }
        let others = try db.rows("SELECT sequence, anchor, ended_at FROM enrollment WHERE person = ?", [known.id])
        let had = Set(others.map { $0["sequence"] as String })
        let enrollments = try db.rows(
            "SELECT id, sequence, anchor FROM enrollment WHERE person = ? ORDER BY id",
            [author]
        )
        for row in enrollments {
            let sequence: String = row["sequence"]
            if known.stoppedAt == nil, !had.contains(sequence) { try end(others, of: known, at: row) }
            // A stop, or an earlier enrollment in the sequence, applies to the merged person, too.
            if known.stoppedAt != nil || had.contains(sequence) {
                let reason: SkipReason = known.stoppedAt == nil ? .sameSequence : .stopped
                _ = try ledger.stop(author, sequence: sequence, reason)
            }
            try db.run(
                """
                UPDATE enrollment SET person = ?, round = (
                    SELECT coalesce(max(round), 0) + 1 FROM enrollment WHERE person = ? AND sequence = ?)
                WHERE id = ?
                """,
                [known.id, known.id, sequence, row["id"] as EnrollmentID]
            )
        }
        try db.run("UPDATE event SET person = ? WHERE person = ?", [known.id, author])
        try db.run("UPDATE consent_change SET person = ? WHERE person = ?", [known.id, author])
        let names = try db.row("SELECT attributes FROM person WHERE id = ?", [author])
        let attributes = try JSONColumn.texts(names?["attributes"])
        try db.merge(attributes.filter { known.attributes[$0.key] == nil }, into: known.id)
        try db.run("DELETE FROM person WHERE id = ?", [author])
        try db.tally("people", -1)
    }

    /// Ends the known person's enrollments in sequences that stop when the comment's sequence starts.
    private func end(_ others: [Row], of known: Person, at started: Row) throws {
        let (sequence, anchor): (String, Instant) = (started["sequence"], started["anchor"])
        for other in others {
            let (id, since, endedAt): (String, Instant, Instant?) = (
                other["sequence"], other["anchor"], other["ended_at"]
            )
            guard endedAt == nil, since < anchor else { continue }
            guard ledger.catalog[id]?.stop.contains(.sequence(sequence)) ?? false else { continue }
            _ = try ledger.stop(known.id, sequence: id, .otherSequence)
        }
    }
}
