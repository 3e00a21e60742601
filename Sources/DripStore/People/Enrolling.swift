import DripCore
import GRDB

/// Creates enrollments, each with its first job, in the caller's transaction. The caller updates the sums: see `count`.
struct Enrolling {
    let db: Database

    func insert(_ new: NewEnrollment, person: Person) throws {
        try db.run(
            """
            INSERT INTO enrollment (person, sequence, round, anchor, cause, version, comment, came_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                person.id, new.sequence, new.round, new.anchor, new.cause.description, new.version, new.cause.comment,
                person.address.id,
            ]
        )
        try db.run(
            "INSERT INTO job (enrollment, account, address, step, due, scheduled) VALUES (?, ?, ?, ?, ?, ?)",
            [
                db.lastInsertedRowID, person.address.account.id, person.address.id, new.first.step.id,
                new.first.firstCheck, new.first.due,
            ]
        )
    }

    /// Creates the same enrollment for many people of an account, in two statements.
    /// - Parameter new: not started by a comment, because a comment starts only one enrollment.
    func insert(_ new: NewEnrollment, people: [(id: PersonID, address: AddressID)], account: AccountID) throws {
        let last = try db.greatestID(in: "enrollment")
        try db.run(
            """
            INSERT INTO enrollment (person, came_by, sequence, round, anchor, cause, version)
            SELECT value ->> 0, value ->> 1, ?, ?, ?, ?, ? FROM json_each(?)
            """,
            [
                new.sequence, new.round, new.anchor, new.cause.description, new.version,
                try JSONColumn.text(people.map { [$0.id.rawValue, $0.address.rawValue] }),
            ]
        )
        // AUTOINCREMENT gives greater ids to the rows inserted above, and only to them.
        try db.run(
            """
            INSERT INTO job (enrollment, account, address, step, due, scheduled)
            SELECT id, ?, came_by, ?, ?, ? FROM enrollment WHERE id > ?
            """,
            [account, new.first.step.id, new.first.firstCheck, new.first.due, last]
        )
    }

    static func count(_ enrolled: Int, in sums: TallyChanges) {
        sums.add("under_way", enrolled)
        sums.add("enrolled", enrolled)
    }
}
