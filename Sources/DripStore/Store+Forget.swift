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
    /// A reader holds the write-ahead log, which has the pages as they were: it is emptied as soon as the reader lets go of it.
    package var logIsHeld = false
    /// Former databases beside the state, which still have the person, each with when it is deleted.
    package var setAside: [SetAsideFile] = []
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
        var report = try await erase(name, now: now)
        report.logIsHeld = await !cleanFilesSoon()
        let files = SetAsideFiles(directory: directory)
        try? files.removeLeftovers()
        report.setAside = files.all
        return report
    }

    /// The rows, and not yet what the files still have of them.
    @discardableResult
    func erase(_ name: String, now: Instant) async throws -> ForgetReport {
        // Ahead of the transaction: these events are found by their text alone, and there may be a million of them.
        let naming = try await read { db in try EventsNaming(try Self.find(name, db), db) }
        return try await write { [self] db in
            let person = try Self.find(name, db)
            let erasure = Erasure(db: db, instance: instance, now: now, naming: naming)
            guard try !erasure.isSending(to: person.id) else { throw PersonError.busy(name) }
            try fence.noteStop(db, now: now)
            let report = try erasure.erase(person)
            try AuditLog(db: db).forget(pseudonym(of: person))
            AuditedRequest.current?.changes(
                to: "erased: enrollments \(report.enrollments), deliveries \(report.deliveries)"
            )
            try Forgotten.insert(person, at: now, db, instance)
            try Self.noteErasure(db)
            return report
        }
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

    /// Keeps that somebody who was erased had asked to get nothing more.
    static func stop(page: String, address: String, at: Instant, _ db: Database, _ instance: String) throws {
        try db.run(
            "UPDATE forgotten SET stopped_at = coalesce(stopped_at, ?) WHERE hash = ?",
            [at, hash(page, address, instance)]
        )
    }

    /// With the database's own name: the same person has another one in every database.
    static func hash(_ page: String, _ address: String, _ instance: String) -> String {
        SHA256.hash(data: Data("\(instance)/\(page)/\(address)".utf8)).hexadecimal
    }
}
