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

    /// Makes all these people begin alike, in two statements.
    /// - Parameter new: begun by no comment, of which each has one enrollment.
    func insert(_ new: NewEnrollment, people: [PersonID]) throws {
        let list = try JSONColumn.text(people.map(\.rawValue))
        try db.run(
            Self.enrollments,
            [new.sequence, new.round, new.anchor, new.cause.description, new.version, list]
        )
        try db.run(
            Self.jobs,
            [new.first.step.id, new.first.lookAt, new.first.due, list, new.sequence, new.round]
        )
    }

    private static let enrollments = """
        INSERT INTO enrollment (person, sequence, round, anchor, cause, version)
        SELECT value, ?, ?, ?, ?, ? FROM json_each(?)
        """

    /// CROSS JOIN: in the list's order.
    private static let jobs = """
        INSERT INTO job (enrollment, lane, step, due, scheduled)
        SELECT enrollment.id, person.lane, ?, ?, ? FROM json_each(?) AS list
        CROSS JOIN person ON person.id = list.value
        CROSS JOIN enrollment ON enrollment.person = person.id AND sequence = ? AND round = ?
        """

    static func count(_ enrolled: Int, in sums: Sums) {
        sums.add("under_way", enrolled)
        sums.add("enrolled", enrolled)
    }
}
