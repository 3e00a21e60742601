import DripCore
import GRDB

/// Makes enrollments, each with its first job, in the caller's transaction. The sums are the caller's: see `count`.
struct Enrolling {
    let db: Database

    func insert(_ new: NewEnrollment, person: Person) throws {
        try db.run(
            """
            INSERT INTO enrollment (person, sequence, round, anchor, cause, version, comment) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [person.id, new.sequence, new.round, new.anchor, new.cause.description, new.version, new.cause.comment]
        )
        try db.run(
            "INSERT INTO job (enrollment, lane, step, due, scheduled) VALUES (?, ?, ?, ?, ?)",
            [db.lastInsertedRowID, person.lane, new.first.step.id, new.first.lookAt, new.first.due]
        )
    }

    /// Makes all these people of a lane begin alike, in two statements.
    /// - Parameter new: begun by no comment, of which each has one enrollment.
    func insert(_ new: NewEnrollment, people: [PersonID], lane: LaneID) throws {
        let last = try db.greatestID(in: "enrollment")
        try db.run(
            """
            INSERT INTO enrollment (person, sequence, round, anchor, cause, version)
            SELECT value, ?, ?, ?, ?, ? FROM json_each(?)
            """,
            [
                new.sequence, new.round, new.anchor, new.cause.description, new.version,
                try JSONColumn.text(people.map(\.rawValue)),
            ]
        )
        // AUTOINCREMENT: those of above, and no others, have greater numbers.
        try db.run(
            """
            INSERT INTO job (enrollment, lane, step, due, scheduled) SELECT id, ?, ?, ?, ? FROM enrollment WHERE id > ?
            """,
            [lane, new.first.step.id, new.first.lookAt, new.first.due, last]
        )
    }

    static func count(_ enrolled: Int, in sums: Sums) {
        sums.add("under_way", enrolled)
        sums.add("enrolled", enrolled)
    }
}
