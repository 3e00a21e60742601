import DripCore
import Foundation
import GRDB

/// The records of what operators changed, in the caller's transaction.
struct AuditLog {
    let db: Database

    /// How long a record is kept.
    static let keep = Span.days(400)
    /// How many there are at most: some 15 MB.
    static let mostRows: Int64 = 100_000
    /// Characters of what was before and after a change.
    static let longestText = 200
    /// In place of the name of a person who was erased.
    static let forgotten = "forgotten"

    func add(_ request: AuditedRequest, _ facts: AuditedRequest.Facts) throws -> Int64 {
        try db.run(
            """
            INSERT INTO audit (at, verb, uid, gid, pid, login, person, people, sequence, step, was, became, result, reason)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                request.at, request.verb, request.peer?.uid, request.peer?.gid, request.peer?.pid, request.peer?.login,
                facts.person, facts.people, facts.sequence, facts.step, facts.before, facts.after,
                facts.result.rawValue, facts.reason,
            ]
        )
        let row = db.lastInsertedRowID
        try db.run("DELETE FROM audit WHERE id <= ?", [row - Self.mostRows])
        // Some at a time, as events are: a clock that is wrong for an hour takes no more of them.
        try db.run(
            "DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY id LIMIT 10) AND at < ?",
            [request.at - Self.keep]
        )
        return row
    }

    func change(_ row: Int64, to facts: AuditedRequest.Facts) throws {
        try db.run(
            """
            UPDATE audit SET person = ?, people = ?, sequence = ?, step = ?, was = ?, became = ?, result = ?, reason = ?
            WHERE id = ?
            """,
            [
                facts.person, facts.people, facts.sequence, facts.step, facts.before, facts.after,
                facts.result.rawValue, facts.reason, row,
            ]
        )
    }

    /// Of a person who is erased it stays that somebody did something with somebody, and when: what, and with whom, is erased.
    /// That they were erased, and by whom, stays theirs, for when they ask.
    /// - Parameter pseudonym: the name that the log has for them.
    func forget(_ pseudonym: String) throws {
        try db.run(
            """
            UPDATE audit SET person = ?, sequence = NULL, step = NULL, was = NULL, became = NULL
            WHERE person = ? AND verb <> ?
            """,
            [Self.forgotten, pseudonym, AuditVerb.forget.rawValue]
        )
    }

    /// A person turned out to have another address.
    func rename(_ pseudonym: String, _ new: String) throws {
        try db.run("UPDATE audit SET person = ? WHERE person = ?", [new, pseudonym])
    }

    func records(_ query: AuditQuery, people: [String]?) throws -> [AuditRecord] {
        let people = try people.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
        return try db.rows(
            """
            SELECT * FROM audit WHERE (:since IS NULL OR at >= :since) AND (:user IS NULL OR uid = :user OR login = :user)
                AND (:verb IS NULL OR verb = :verb)
                AND (:people IS NULL OR person IN (SELECT value FROM json_each(:people)))
            ORDER BY id DESC LIMIT :limit
            """,
            ["since": query.since, "user": query.user, "verb": query.verb, "people": people, "limit": query.limit]
        ).map(AuditRecord.init(row:))
    }
}
