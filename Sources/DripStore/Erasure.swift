import DripCore
import GRDB

/// Erases a person and all that names them, in the caller's transaction.
///
/// What came in from them leaves the hash of its key behind (`EventKey`), so that a copy of it that comes again is recognised.
struct Erasure {
    let db: Database
    let instance: String
    let now: Instant

    private static let enrollments = "enrollment WHERE person = ?"
    private static let jobs = "job WHERE enrollment IN (SELECT id FROM \(enrollments))"
    private static let deliveries = "delivery WHERE enrollment IN (SELECT id FROM \(enrollments))"
    private static let sending = "SELECT 1 FROM \(jobs) AND claimed_at IS NOT NULL"

    func isSending(to person: PersonID) throws -> Bool {
        try db.row(Self.sending, [person]) != nil
    }

    func erase(_ person: Person) throws -> ForgetReport {
        let comments = try db.all("SELECT comment FROM \(Self.enrollments) AND comment IS NOT NULL", [person.id]) {
            row in row[0] as String
        }
        let inDoubt = try count("\(Self.deliveries) AND state = 'in_doubt'", of: person)
        let underWay = try count("\(Self.enrollments) AND ended_at IS NULL", of: person)
        try db.run(
            "UPDATE unnamed_reply SET enrollment = NULL WHERE enrollment IN (SELECT id FROM \(Self.enrollments))",
            [person.id]
        )
        let deliveries = try delete(Self.deliveries, of: person)
        _ = try delete(Self.jobs, of: person)
        let enrollments = try delete(Self.enrollments, of: person)
        let events = try eraseEvents(of: person, comments: comments)
        try db.run("DELETE FROM consent_change WHERE person = ?", [person.id])
        try db.run("DELETE FROM person WHERE id = ?", [person.id])
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

    /// The person's own events, and those that name them or their comments: in their body, whoever they are about, or, where an
    /// earlier dripd wrote it, in their key.
    private func eraseEvents(of person: Person, comments: [String]) throws -> Int {
        let names = [person.address] + comments
        // In one look at the table, which has no index for it: each message would pay for that.
        let found = try events(
            """
            person = ? OR lane = ? AND body IS NOT NULL
                AND EXISTS (SELECT 1 FROM json_each(?) AS name WHERE instr(body, name.value) > 0)
            """,
            [person.id, person.lane, try JSONColumn.text(names)]
        )
        let own = found.filter { $0.person == person.id }
        var naming = found.filter { event in
            event.person != person.id && names.contains { event.body?.names($0) ?? false }
        }
        for comment in comments {
            // ';' comes after ':'.
            naming += try events(
                "lane = ? AND key >= ? AND key < ? AND (person IS NULL OR person <> ?)",
                [person.lane, "c:\(comment)", "c:\(comment);", person.id]
            ).filter { $0.key == "c:\(comment)" || $0.key.hasPrefix("c:\(comment):") }
        }
        // What is about somebody else stays known as theirs, without its words.
        for event in naming where event.person != nil {
            try db.run("UPDATE event SET body = NULL WHERE id = ?", [event.id])
        }
        let erased = own + naming.filter { $0.person == nil }
        let key = EventKey(lane: person.lane, instance: instance)
        for event in erased {
            try db.run(
                "INSERT INTO forgotten_event (hash, until) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING",
                [key.hash(of: event.key), max(event.at, now) + EventAge.longestKept]
            )
            try db.run("DELETE FROM event WHERE id = ?", [event.id])
        }
        return Set(erased.map(\.id)).count
    }

    private struct StoredEvent {
        let id: Int64
        let person: PersonID?
        let key: String
        let at: Instant
        let body: String?
    }

    /// - Parameter condition: a constant.
    private func events(_ condition: String, _ arguments: StatementArguments) throws -> [StoredEvent] {
        try db.all("SELECT id, person, key, at, body FROM event WHERE \(condition)", arguments) { row in
            StoredEvent(id: row[0], person: row[1], key: row[2], at: row[3], body: row[4])
        }
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

extension String {
    /// Whether it holds `name` and not only as a part of a longer number or word.
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
