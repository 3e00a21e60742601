import DripCore
import GRDB

/// Makes an enrollment and its first job, in the caller's transaction.
struct Enrolling {
    let db: Database

    @discardableResult
    func insert(_ new: NewEnrollment, person: Person) throws -> EnrollmentID {
        let id = try insertUntallied(new, person: person.id, lane: person.lane)
        try tally(1)
        return id
    }

    /// For many in one transaction, which adds to the sums once.
    @discardableResult
    func insertUntallied(_ new: NewEnrollment, person: PersonID, lane: LaneID) throws -> EnrollmentID {
        try db.run(
            """
            INSERT INTO enrollment (person, sequence, round, anchor, cause, version, comment) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [person, new.sequence, new.round, new.anchor, new.cause.description, new.version, new.cause.comment]
        )
        let id = EnrollmentID(rawValue: db.lastInsertedRowID)
        try db.run(
            "INSERT INTO job (enrollment, lane, step, due, scheduled) VALUES (?, ?, ?, ?, ?)",
            [id, lane, new.first.step.id, new.first.lookAt, new.first.due]
        )
        return id
    }

    func tally(_ count: Int) throws {
        try db.tally("under_way", count)
        try db.tally("enrolled", count)
    }
}
