import DripCore
import GRDB

/// Makes an enrollment and its first job, in the caller's transaction.
struct Enrolling {
    let db: Database

    @discardableResult
    func insert(_ new: NewEnrollment, person: Person) throws -> EnrollmentID {
        try db.run(
            """
            INSERT INTO enrollment (person, sequence, round, anchor, cause, version, comment) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                person.id, new.sequence, new.round, new.anchor, new.cause.description, new.version, new.cause.comment,
            ]
        )
        let id = EnrollmentID(rawValue: db.lastInsertedRowID)
        try db.run(
            "INSERT INTO job (enrollment, lane, step, due, scheduled) VALUES (?, ?, ?, ?, ?)",
            [id, person.lane, new.first.step.id, new.first.lookAt, new.first.due]
        )
        try db.tally("under_way")
        try db.tally("enrolled")
        return id
    }
}
