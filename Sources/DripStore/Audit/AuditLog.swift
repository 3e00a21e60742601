package import ControlAPI
import DripCore
import Foundation
import GRDB

/// The audit records of operators' changes, in the caller's transaction.
struct AuditLog {
    let db: Database

    /// How long a record is kept.
    static let keep = Milliseconds.days(400)
    /// The maximum number of records: about 15 MB.
    static let mostRows: Int64 = 100_000
    /// The maximum length, in characters, of the texts before and after a change.
    static let longestText = 200
    /// Replaces the pseudonym of a person who was erased.
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
        // A few at a time, so that a wrong clock deletes only a few.
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

    /// Removes an erased person from the records. That an operator did something, and when, stays; what, and for whom,
    /// is removed. The record of the erasure itself keeps its pseudonym, for when the person asks.
    /// - Parameter pseudonym: the person's name in the log.
    func forget(_ pseudonym: String) throws {
        try db.run(
            """
            UPDATE audit SET person = ?, sequence = NULL, step = NULL, was = NULL, became = NULL
            WHERE person = ? AND verb <> ?
            """,
            [Self.forgotten, pseudonym, AuditVerb.forget.rawValue]
        )
    }

    /// Replaces the pseudonym of a person who turned out to have another address.
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

extension Store {
    /// Returns the audit records, newest first.
    package func audit(_ query: AuditQuery) async throws -> [AuditRecord] {
        try await read { [instance] db in
            var people: [String]?
            if let name = query.person {
                let reference = PersonReference(name)
                // Includes all people with that address, known or not: for an erased person it shows the erasure.
                let accounts =
                    try reference.account.map { [$0] } ?? db.all("SELECT page FROM account", []) { $0[0] as String }
                people = accounts.map { Self.pseudonym(page: $0, address: reference.externalID, instance) } + [name]
            }
            return try AuditLog(db: db).records(query, people: people)
        }
    }

    /// Records the result of a request that its own transactions did not record.
    package func end(_ request: AuditedRequest) async throws {
        guard !request.isDiscarded else { return }
        try await AuditedRequest.$current.withValue(request) { try await write { _ in } }
    }
}
