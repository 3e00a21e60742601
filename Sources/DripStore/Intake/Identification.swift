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
            SELECT enrollment.person AS id, address.id AS address_id, account, page, external_id AS address, anchor
            FROM enrollment JOIN address ON address.id = enrollment.came_by JOIN account ON account.id = address.account
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
        let known = try db.row(Person.known, [account, address])
        if let known {
            try merge(author["id"], author["address_id"], into: Person(row: known))
        } else {
            let forgotten = try Forgotten(page: author["page"], address: address, db, instance)
            let stoppedAt = forgotten?.stoppedAt
            // They commented before they were erased, so the comment must not bring them back.
            if let forgotten, author["anchor"] <= forgotten.at {
                return try forget(author["id"], who: address, forgotten, of: author["page"])
            }
            try db.run(
                """
                UPDATE person SET stopped_at = coalesce(stopped_at, ?),
                    stopped_by = CASE WHEN stopped_at IS NULL THEN ? ELSE stopped_by END
                WHERE id = ?
                """,
                [stoppedAt, forgotten?.stoppedBy?.rawValue, author["id"] as PersonID]
            )
            try db.run(
                "UPDATE address SET external_id = ? WHERE id = ?",
                [address, author["address_id"] as AddressID]
            )
            try forgotten?.recall(for: author["id"], db)
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
            "SELECT \(Person.columns) FROM \(Person.joined) WHERE person.id = ?",
            [author]
        )
        guard let person = try row.map(Person.init(row:)) else { return nil }
        _ = try Erasure(db: db, instance: instance, now: ledger.now).erase(person)
        try Store.noteErasure(db)
        if let stoppedAt = person.stoppedAt {
            try Forgotten.stop(page: page, address: address, at: stoppedAt, db, instance)
        }
        guard (forgotten.stoppedAt ?? person.stoppedAt) != nil else { return nil }
        return try replies.pause(person.address.account.id, page, .stopped)
    }

    /// Merges the author of a comment into the person who has the address that the comment's placeholder stood for.
    private func merge(_ author: PersonID, _ placeholder: AddressID, into known: Person) throws {
        let people = PersonMerge(ledger: ledger)
        try people.merge(author, into: known) {
            try people.replace(placeholder, by: known.address.id, in: known.id)
            try db.run("DELETE FROM address WHERE id = ?", [placeholder])
            try people.moveAddresses(of: author, to: known.id)
        }
    }
}
