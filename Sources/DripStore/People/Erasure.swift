import ControlAPI
import Crypto
import DripCore
import Foundation
import GRDB

/// Erases a person and everything that names them, in the caller's transaction.
///
/// Only the hash of each event's key stays (`EventKey`), to recognise a copy that arrives again.
struct Erasure {
    let db: Database
    let instance: String
    let now: Instant
    /// The events of others that name the person; nil to leave them as they are, if the person goes on under another
    /// address.
    var naming: EventsNaming?

    private static let enrollments = "enrollment WHERE person = ?"
    private static let jobs = "job WHERE enrollment IN (SELECT id FROM \(enrollments))"
    private static let deliveries = "delivery WHERE enrollment IN (SELECT id FROM \(enrollments))"

    func erase(_ person: Person) throws -> ForgetReport {
        let names = try PersonNames(of: person, db)
        let inDoubt = try count("\(Self.deliveries) AND state = 'in_doubt'", of: person)
        let underWay = try count("\(Self.enrollments) AND ended_at IS NULL", of: person)
        try db.run(
            "UPDATE unnamed_reply SET enrollment = NULL WHERE enrollment IN (SELECT id FROM \(Self.enrollments))",
            [person.id]
        )
        let deliveries = try delete(Self.deliveries, of: person)
        try db.run("DELETE FROM attempt WHERE enrollment IN (SELECT id FROM \(Self.enrollments))", [person.id])
        _ = try delete(Self.jobs, of: person)
        let enrollments = try delete(Self.enrollments, of: person)
        let events = try eraseEvents(of: person, names)
        try db.run("DELETE FROM consent WHERE person = ?", [person.id])
        try db.run("DELETE FROM consent_change WHERE person = ?", [person.id])
        try db.run("DELETE FROM link WHERE person = ? OR other = ? AND kind = 'cut'", [person.id, person.id])
        try db.run("DELETE FROM address WHERE person = ?", [person.id])
        try db.run("DELETE FROM person WHERE id = ?", [person.id])
        try db.tally("people", -1)
        try db.tally("under_way", -underWay)
        try db.tally(Delivery.State.inDoubt.rawValue, -inDoubt)
        return ForgetReport(
            page: person.address.account.externalID,
            person: person.address.externalID,
            enrollments: enrollments,
            deliveries: deliveries,
            events: events,
            isStopped: person.stoppedAt != nil
        )
    }

    /// Erases the person's own events, and those that name the person or their comments: in the body, or, if an earlier
    /// dripd wrote them, in the key.
    private func eraseEvents(of person: Person, _ names: PersonNames) throws -> Int {
        let own = try StoredEvent.all(db, "person = ?", [person.id])
        var naming = try naming?.found(of: person, names, db) ?? []
        for account in names.byAccount.keys {
            for comment in names.comments {
                // ';' is the character after ':', so this selects every key with the prefix.
                naming += try StoredEvent.all(
                    db,
                    "account = ? AND key >= ? AND key < ? AND (person IS NULL OR person <> ?)",
                    [account, "c:\(comment)", "c:\(comment);", person.id]
                ).filter { $0.key == "c:\(comment)" || $0.key.hasPrefix("c:\(comment):") }
            }
        }
        // An event of another person keeps its key, but loses its text.
        for event in naming where event.person != nil {
            try db.run("UPDATE event SET body = NULL WHERE id = ?", [event.id])
        }
        let erased = own + naming.filter { $0.person == nil }
        for event in erased {
            let key = EventKey(account: event.account, instance: instance)
            try db.run(
                "INSERT INTO forgotten_event (hash, until) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING",
                [key.hash(of: event.key), max(event.at, now) + EventAge.longestKept]
            )
            try db.run("DELETE FROM event WHERE id = ?", [event.id])
        }
        return Set(erased.map(\.id)).count
    }

    /// - Parameter rows: one of the constants above.
    private func count(_ rows: String, of person: Person) throws -> Int {
        try db.row("SELECT count(*) AS count FROM \(rows)", [person.id])?["count"] ?? 0
    }

    private func delete(_ rows: String, of person: Person) throws -> Int {
        try db.run("DELETE FROM \(rows)", [person.id])
        return db.changesCount
    }
}

/// What events call a person: their ids on the accounts that have events, and their comments.
private struct PersonNames {
    let comments: [String]
    /// The comments are among the names of every account.
    private(set) var byAccount: [AccountID: [String]] = [:]

    init(of person: Person, _ db: Database) throws {
        comments = try db.all("SELECT comment FROM enrollment WHERE person = ? AND comment IS NOT NULL", [person.id]) {
            $0[0]
        }
        for address in try db.ways(of: person.id).addresses {
            let hasEvents = "SELECT 1 FROM event WHERE account = ? LIMIT 1"
            guard try db.row(hasEvents, [address.account.id]) != nil else { continue }
            byAccount[address.account.id, default: comments].append(address.externalID)
        }
    }
}

/// The events of others, or of no person, that name a person or one of their comments in their text.
///
/// Finding them reads every event, so it runs outside the writer. The transaction reads only newer events again.
struct EventsNaming: Sendable {
    private var candidates: [Int64] = []
    /// The last event that was read.
    private let last: Int64

    /// The number of events before `last` that are read again, because SQLite reuses the newest ids if their events
    /// were erased.
    private static let again: Int64 = 1000

    private static let condition = """
        (person IS NULL OR person <> ?) AND +account = ? AND body IS NOT NULL
            AND EXISTS (SELECT 1 FROM json_each(?) AS name WHERE instr(body, name.value) > 0)
        """

    /// Searches all events. Runs outside the writer.
    init(_ person: Person, _ db: Database) throws {
        last = try db.row("SELECT max(id) AS last FROM event", [])?["last"] ?? 0
        for (account, names) in try PersonNames(of: person, db).byAccount {
            candidates += try db.all(
                "SELECT id FROM event WHERE \(Self.condition)",
                [person.id, account, try JSONColumn.text(names)]
            ) { row in row[0] }
        }
    }

    /// Returns the events, with those that arrived since. Runs in the transaction that erases them.
    fileprivate func found(of person: Person, _ names: PersonNames, _ db: Database) throws -> [StoredEvent] {
        try names.byAccount.flatMap { account, names in
            try StoredEvent.all(
                db,
                "(id IN (SELECT value FROM json_each(?)) OR id > ?) AND \(Self.condition)",
                [
                    try JSONColumn.text(candidates), last - Self.again, person.id, account, try JSONColumn.text(names),
                ]
            ).filter { event in names.contains { event.body?.names($0) ?? false } }
        }
    }
}

private struct StoredEvent {
    let id: Int64
    let account: AccountID
    let person: PersonID?
    let key: String
    let at: Instant
    let body: String?

    /// - Parameter condition: a constant.
    static func all(_ db: Database, _ condition: String, _ arguments: StatementArguments) throws -> [StoredEvent] {
        try db.all("SELECT id, account, person, key, at, body FROM event WHERE \(condition)", arguments) { row in
            StoredEvent(id: row[0], account: row[1], person: row[2], key: row[3], at: row[4], body: row[5])
        }
    }
}

/// Hashes the keys of events, salted with the database's instance. A hash recognises a copy of the event and reveals no
/// person.
struct EventKey {
    let account: AccountID
    let instance: String

    func hash(of key: String) -> String {
        SHA256.hash(data: Data("event/\(instance)/\(account.rawValue)/\(key)".utf8)).prefix(16).hexadecimal
    }
}

extension String {
    /// Returns whether the text contains `name` as a whole, and not only as part of a longer number or word.
    fileprivate func names(_ name: String) -> Bool {
        let (text, name) = (Array(utf8), Array(name.utf8))
        guard !name.isEmpty, text.count >= name.count else { return false }
        func isPartOfWord(_ place: Int) -> Bool {
            guard text.indices.contains(place) else { return false }
            switch text[place] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"):
                return true
            default: return false
            }
        }
        for start in 0...(text.count - name.count)
        where text[start] == name[0] && text[start..<start + name.count].elementsEqual(name) {
            if !isPartOfWord(start - 1), !isPartOfWord(start + name.count) { return true }
        }
        return false
    }
}
