package import ControlAPI
import Crypto
package import DripCore
import Foundation
import GRDB

extension Store {
    /// Erases a person at their request: their row, enrollments and deliveries, and the events from them. What stays is
    /// a hash, so that no late copy of an event and no file brings them back, and their request to get nothing more.
    /// The sums stay, too: they name no person.
    ///
    /// If they write again they are a new person. But if they had asked to get nothing more, they still get nothing.
    /// - Throws: `PersonError`; `busy` while a message to them is being sent.
    package func forget(_ name: String, now: Instant) async throws -> ForgetReport {
        try await forget(now: now, named: name) { try Self.find(name, $0) }
    }

    /// The same for a person who asked by their own link.
    package func forget(_ person: PersonID, now: Instant) async throws -> ForgetReport {
        let find = "SELECT \(Person.columns) FROM \(Person.joined) WHERE person.id = ? AND \(Person.firstAddress)"
        return try await forget(now: now, named: "the person") { db in
            guard let found = try db.first(find, [person], Person.init(row:)) else {
                throw PersonError.unknown("the person")
            }
            return found
        }
    }

    private func forget(
        now: Instant,
        named name: String,
        _ find: @escaping @Sendable (Database) throws -> Person
    ) async throws -> ForgetReport {
        var report = try await erase(name, now: now, find)
        report.logIsHeld = await !cleanFilesSoon()
        let files = SetAsideFiles(directory: directory)
        try? files.removeLeftovers()
        report.setAside = files.all
        return report
    }

    /// Erases the rows, but not yet the copies of them in the files.
    @discardableResult
    func erase(
        _ name: String,
        now: Instant,
        _ find: (@Sendable (Database) throws -> Person)? = nil
    ) async throws -> ForgetReport {
        let find = find ?? { try Self.find(name, $0) }
        // Before the transaction, because these events are found only by searching all of them, and there may be a
        // million.
        let naming = try await read { db in try EventsNaming(try find(db), db) }
        return try await write { [self] db in
            let person = try find(db)
            let erasure = Erasure(db: db, instance: instance, now: now, naming: naming)
            guard try !db.isSending(to: person.id) else { throw PersonError.busy(name) }
            try fence.countOptOut(db, now: now)
            let addresses = try db.ways(of: person.id).addresses
            let withdrawals = try db.consents(of: person.id).withdrawalsInEffect
            let report = try erasure.erase(person)
            AuditedRequest.current?.changes(
                to: "erased: enrollments \(report.enrollments), deliveries \(report.deliveries)"
            )
            for address in addresses {
                var other = person
                other.address = address
                try AuditLog(db: db).forget(pseudonym(of: other))
                try Forgotten.insert(other, withdrawals, at: now, db, instance)
            }
            try Self.noteErasure(db)
            return report
        }
    }
}

/// The record that a person was erased, or that they had asked a later copy of this database to get nothing more.
struct Forgotten {
    /// 1970 if they were not erased: then all their events count.
    let at: Instant
    let stoppedAt: Instant?
    let stoppedBy: ConsentSource?
    /// What they had withdrawn.
    let withdrawals: [ConsentRecord]

    var isErased: Bool { at.milliseconds > 0 }

    /// nil if there is no record of this page and address.
    init?(page: String, address: String, _ db: Database, _ instance: String) throws {
        let row = try db.row(
            "SELECT at, stopped_at, stopped_by, consents FROM forgotten WHERE hash = ?",
            [Self.hash(page, address, instance)]
        )
        guard let row else { return nil }
        at = row["at"]
        stoppedAt = row["stopped_at"]
        let source: String? = row["stopped_by"]
        stoppedBy = source.flatMap(ConsentSource.init(rawValue:))
        withdrawals = try JSONColumn.read(row["consents"], or: [])
    }

    /// Records the erasure of a person. A person who comes back has the stop and the withdrawals that were kept, unless they
    /// were taken back since.
    static func insert(
        _ person: Person,
        _ withdrawals: [ConsentRecord],
        at now: Instant,
        _ db: Database,
        _ instance: String
    ) throws {
        try db.run(
            """
            INSERT INTO forgotten (hash, at, stopped_at, stopped_by, consents) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (hash) DO UPDATE SET at = excluded.at, stopped_at = excluded.stopped_at,
                stopped_by = excluded.stopped_by, consents = excluded.consents
            """,
            [
                hash(person.address.account.externalID, person.address.externalID, instance), now, person.stoppedAt,
                person.stoppedBy?.rawValue, try text(withdrawals),
            ]
        )
    }

    /// Records what a person whom this database does not know withdrew, or gave again.
    static func keep(_ record: ConsentRecord, hash: String, _ db: Database) throws {
        let row = try db.row("SELECT consents FROM forgotten WHERE hash = ?", [hash])
        let known: [ConsentRecord] = try JSONColumn.read(row?["consents"], or: [])
        try db.run(
            """
            INSERT INTO forgotten (hash, at, consents) VALUES (?, 0, ?)
            ON CONFLICT (hash) DO UPDATE SET consents = excluded.consents
            """,
            [hash, try text((known + [record]).withdrawalsInEffect)]
        )
    }

    /// Records for a person who comes back what they had withdrawn.
    func recall(for person: PersonID, _ db: Database) throws {
        for record in withdrawals { try db.add(record, to: person) }
    }

    private static func text(_ withdrawals: [ConsentRecord]) throws -> String? {
        // No evidence and no wording: who asked to be erased leaves no more than what holds.
        let kept = withdrawals.map { record in
            ConsentRecord(
                at: record.at,
                kind: record.kind,
                channel: record.channel,
                purpose: record.purpose,
                source: record.source
            )
        }
        return kept.isEmpty ? nil : try JSONColumn.text(kept)
    }

    /// Records that an erased person had asked to get nothing more.
    static func stop(page: String, address: String, at: Instant, _ db: Database, _ instance: String) throws {
        try db.run(
            "UPDATE forgotten SET stopped_at = coalesce(stopped_at, ?) WHERE hash = ?",
            [at, hash(page, address, instance)]
        )
    }

    /// Returns the hash of a person's page and address. It is salted with the database's instance, so the same person
    /// has another hash in every database.
    static func hash(_ page: String, _ address: String, _ instance: String) -> String {
        SHA256.hash(data: Data("\(instance)/\(page)/\(address)".utf8)).hexadecimal
    }
}
