import Crypto
package import DripCore
import Foundation
import GRDB

/// What was erased of a person.
package struct ForgetReport: Codable, Hashable, Sendable {
    package let page: String
    package let person: String
    package let enrollments: Int
    package let deliveries: Int
    package let events: Int
    /// Whether they had asked to get nothing more, which is kept.
    package let isStopped: Bool
}

extension Store {
    /// Erases a person, at their request: their row, their ways, their ledger, what came in from them. What stays is a hash,
    /// so that no late copy of an event and no file brings them back, and their wish to get nothing more. The sums stay, too:
    /// they are of nobody.
    ///
    /// If they write again they are somebody new, since they have come by themselves: but who had asked to get nothing more
    /// still gets nothing.
    /// - Throws: `PersonError`; `busy` while a message to them is on its way.
    package func forget(_ name: String, now: Instant) async throws -> ForgetReport {
        let report = try await write { [self] db in
            let person = try Self.find(name, db)
            guard try db.row(Self.sending, [person.id]) == nil else { throw PersonError.busy(name) }
            try fence.noteStop(db, now: now)
            return try Self.erase(person, at: now, db, instance)
        }
        // The log still has the pages as they were. Where a reader holds it, the next checkpoint does this.
        try? await pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        return report
    }

    /// In the caller's transaction.
    static func erase(_ person: Person, at now: Instant, _ db: Database, _ instance: String) throws -> ForgetReport {
        let inDoubt = try Self.count("\(Self.deliveries) AND state = 'in_doubt'", of: person, db)
        let underWay = try Self.count("\(Self.enrollments) AND ended_at IS NULL", of: person, db)
        let deliveries = try Self.erase(Self.deliveries, of: person, db)
        _ = try Self.erase(Self.jobs, of: person, db)
        let enrollments = try Self.erase(Self.enrollments, of: person, db)
        var events = try Self.erase("event WHERE person = ?", of: person, db)
        // What came before they were known, and names them in its own text.
        try db.run(
            "DELETE FROM event WHERE person IS NULL AND lane = ? AND instr(body, ?) > 0",
            [person.lane, "\"\(person.address)\""]
        )
        events += db.changesCount
        try db.run("DELETE FROM consent_change WHERE person = ?", [person.id])
        try db.run("DELETE FROM person WHERE id = ?", [person.id])
        try Forgotten.insert(person, at: now, db, instance)
        try db.tally("people", -1)
        try db.tally("under_way", -underWay)
        try db.tally(Delivery.State.inDoubt.rawValue, -inDoubt)
        return ForgetReport(
            page: person.page,
            person: person.address,
            enrollments: enrollments,
            deliveries: deliveries,
            events: events,
            isStopped: person.stoppedAt != nil
        )
    }

    private static let enrollments = "enrollment WHERE person = ?"
    private static let jobs = "job WHERE enrollment IN (SELECT id FROM \(enrollments))"
    private static let deliveries = "delivery WHERE enrollment IN (SELECT id FROM \(enrollments))"
    private static let sending = "SELECT 1 FROM \(jobs) AND claimed_at IS NOT NULL"

    /// - Parameter rows: one of the constants above.
    private static func count(_ rows: String, of person: Person, _ db: Database) throws -> Int {
        try db.row("SELECT count(*) AS count FROM \(rows)", [person.id])?["count"] ?? 0
    }

    private static func erase(_ rows: String, of person: Person, _ db: Database) throws -> Int {
        try db.run("DELETE FROM \(rows)", [person.id])
        return db.changesCount
    }
}

/// That somebody was erased, or that they had asked to get nothing more of a database that this one is an older copy of.
struct Forgotten {
    /// 1970 where they were not erased: whatever they did counts.
    let at: Instant
    let stoppedAt: Instant?
    let stoppedBy: ConsentSource?

    var isErased: Bool { at.milliseconds > 0 }

    /// nil where nobody of this page and address was.
    init?(page: String, address: String, _ db: Database, _ instance: String) throws {
        let row = try db.row(
            "SELECT at, stopped_at, stopped_by FROM forgotten WHERE hash = ?",
            [Self.hash(page, address, instance)]
        )
        guard let row else { return nil }
        at = row["at"]
        stoppedAt = row["stopped_at"]
        let source: String? = row["stopped_by"]
        stoppedBy = source.flatMap(ConsentSource.init(rawValue:))
    }

    /// A person who comes back has the stop that was kept, unless it was taken back since.
    static func insert(_ person: Person, at now: Instant, _ db: Database, _ instance: String) throws {
        try db.run(
            """
            INSERT INTO forgotten (hash, at, stopped_at, stopped_by) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO UPDATE SET
                at = excluded.at, stopped_at = excluded.stopped_at, stopped_by = excluded.stopped_by
            """,
            [hash(person.page, person.address, instance), now, person.stoppedAt, person.stoppedBy?.rawValue]
        )
    }

    /// With the database's own name: the same person has another one in every database.
    static func hash(_ page: String, _ address: String, _ instance: String) -> String {
        SHA256.hash(data: Data("\(instance)/\(page)/\(address)".utf8)).hexadecimal
    }
}
