package import DripCore
import GRDB

/// An event with the moment that counts as its own.
package struct DatedEvent: Sendable {
    package let event: Event
    package let at: Instant

    package init(event: Event, at: Instant) {
        self.event = event
        self.at = at
    }
}

/// What a batch of events did.
package struct IntakeReport: Hashable, Sendable {
    /// Per kind, the events that were new.
    package var taken: [String: Int] = [:]
    package var duplicates = 0
    /// Events of pages that are not configured: not kept.
    package var strangers = 0
    package var enrolled = 0
    /// Sequences that somebody would have begun once more, and had too often within a day.
    package var begunTooOften: Set<String> = []
    package var confirmed = 0
    /// Who wants nothing more, and had not said so before.
    package var stopped = 0
    /// Somebody wrote of whom the platform has yet to tell.
    package var metUnknown = false
    /// The earliest new due time, by lane: what the dispatcher may have to wake up for.
    package var earliestDue: Instant?
}

extension Store {
    /// Writes events and all they cause: all of it or nothing. An event that is there already changes nothing.
    package func take(_ events: [DatedEvent], now: Instant) async throws -> IntakeReport {
        try await intakes.take(events, now: now, into: self)
    }
}

struct IntakeTransaction {
    let db: Database
    let instance: String
    let catalog: Catalog
    let now: Instant
    var report = IntakeReport()

    /// The platform repeats a webhook for 36 hours at most; after this long an event's key has done its work.
    private static let keep = Span.days(45)

    private static let profileAge = Span.days(30)

    mutating func take(_ event: Event, at: Instant) throws {
        guard let lane = try db.row("SELECT id FROM lane WHERE page = ? AND channel = 'messenger'", [event.page]) else {
            report.strangers += 1
            return
        }
        let laneID: LaneID = lane["id"]
        let forgotten = try event.person.flatMap { try Forgotten(page: event.page, address: $0, db, instance) }
        // A late copy of something that was erased must not bring the person back.
        guard at > forgotten?.at ?? .distantPast, let event = try news(in: event, lane: laneID, at: at) else {
            report.duplicates += 1
            return
        }
        report.taken[event.kind.name, default: 0] += 1
        var person: Person?
        if let address = event.person {
            person = try self.person(address, lane: laneID, create: event, stoppedAt: forgotten?.stoppedAt)
        }
        if let person {
            try db.run(
                "UPDATE event SET person = ? WHERE lane = ? AND key = ?",
                [person.id, laneID, event.key]
            )
        }
        let rounds = try person.map { try self.rounds($0.id) } ?? [:]
        for change in catalog.decide(event, at: at, person: person, rounds: rounds) {
            try perform(change, person: person)
        }
    }

    /// What of an event is new: all of it or, where a walk was earlier than its webhook, what only the latter tells. A tap on
    /// "nothing more" looks in the conversation like any other word.
    private func news(in event: Event, lane: LaneID, at: Instant) throws -> Event? {
        if try isNew(event, lane: lane, at: at) { return event }
        guard let rest = event.notInConversation else { return nil }
        try db.run(
            "UPDATE event SET kind = ? WHERE lane = ? AND key = ? AND kind = ?",
            [event.kind.name, lane, event.key, Self.walked]
        )
        return db.changesCount > 0 ? rest : nil
    }

    /// The kind of an event that a walk found, until its webhook comes.
    private static let walked = "walked"

    private func isNew(_ event: Event, lane: LaneID, at: Instant) throws -> Bool {
        try db.run(
            """
            INSERT INTO event (lane, key, kind, at, received_at, body) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (lane, key) DO NOTHING
            """,
            [lane, event.key, event.isFromConversation ? Self.walked : event.kind.name, at, now, event.body]
        )
        guard db.changesCount > 0 else { return false }
        // Every new event sweeps up two old ones, so that the table stops growing without anybody's attention.
        try db.run(
            "DELETE FROM event WHERE id IN (SELECT id FROM event ORDER BY id LIMIT 2) AND received_at < ?",
            [now - Self.keep]
        )
        return true
    }

    /// - Parameter stoppedAt: when somebody whom we do not know any more asked to get nothing more.
    private func person(_ address: String, lane: LaneID, create event: Event, stoppedAt: Instant?) throws -> Person? {
        var isAwaited = event.kind.opensWindow
        // Who may be written to by it must be known, whatever brought them here.
        if case .subscribed = event.kind { isAwaited = true }
        // The platform tells of no profile before somebody has written: they are asked for when they do.
        var profileAt: Instant?
        if case .comment(let comment) = event.kind {
            isAwaited = catalog.isAwaited(comment, page: event.page)
            profileAt = Instant(milliseconds: 0)
        }
        if isAwaited {
            try db.run(
                """
                INSERT INTO person (lane, address, created_at, profile_at, stopped_at) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (lane, address) DO NOTHING
                """,
                [lane, address, now, profileAt, stoppedAt]
            )
            if db.changesCount > 0 { try db.tally("people") }
        }
        return try db.first(
            "SELECT \(Person.columns) FROM person JOIN lane ON lane.id = person.lane WHERE lane = ? AND address = ?",
            [lane, address],
            Person.init
        )
    }

    func rounds(_ person: PersonID) throws -> [String: Round] {
        let rounds = try db.all(
            "SELECT sequence, round, anchor, ended_at FROM enrollment WHERE person = ? ORDER BY round",
            [person]
        ) { row in
            let (endedAt, anchor): (Instant?, Instant) = (row["ended_at"], row["anchor"])
            let round = Round(
                number: row["round"],
                anchor: anchor,
                underWay: endedAt == nil,
                begunOfDay: anchor > now - .days(1) ? 1 : 0
            )
            return (row["sequence"] as String, round)
        }
        return Dictionary(rounds) { earlier, last in
            var last = last
            last.begunOfDay += earlier.begunOfDay
            return last
        }
    }

    mutating func perform(_ change: Change, person: Person?) throws {
        switch change {
        case .firstMessage(let at):
            try db.run("UPDATE person SET first_message_at = ? WHERE id = ?", [at, person?.id])
        case .openWindow(let until):
            guard let person else { return }
            // Events may come out of order: an earlier one never shortens the window.
            let ends = max(until, person.windowEnds ?? until)
            // Names change: who writes after a month is asked for anew.
            let row = try db.row(
                """
                UPDATE person SET window_ends = ?, unreachable = NULL,
                    profile_at = CASE WHEN profile_at > ? THEN profile_at END
                WHERE id = ? RETURNING profile_at
                """,
                [ends, now - Self.profileAge, person.id]
            )
            let profileAt: Instant? = row?["profile_at"]
            if profileAt == nil { report.metUnknown = true }
            try db.run(Self.wakeWaiting, [now, now, person.id])
            if db.changesCount > 0 { wake(now) }
        case .wrote(let at):
            try db.run(
                "UPDATE person SET last_wrote_at = max(coalesce(last_wrote_at, ?), ?) WHERE id = ?",
                [at, at, person?.id]
            )
        case .humanWrote(let at):
            try db.run(
                "UPDATE person SET human_at = max(coalesce(human_at, ?), ?) WHERE id = ?",
                [at, at, person?.id]
            )
        case .received(let until, let read):
            guard let person else { return }
            try db.run(
                """
                UPDATE person SET delivered_until = max(coalesce(delivered_until, ?), ?),
                    read_until = CASE WHEN ? THEN max(coalesce(read_until, ?), ?) ELSE read_until END
                WHERE id = ?
                """,
                [until, until, read, until, until, person.id]
            )
        case .tag(let tag):
            guard let person else { return }
            try db.add(tag: tag, to: person.id)
        case .subscriptions(let all):
            guard let person else { return }
            try db.set(subscriptions: all, of: person.id)
        case .attribute(let name, let value):
            guard let person else { return }
            try db.merge([name: value], into: person.id)
        case .end(let sequence, let reason):
            guard let person else { return }
            _ = try Ledger(db: db, catalog: catalog, now: now).stop(person.id, sequence: sequence, reason)
        case .stop(let at):
            guard let person else { return }
            try db.run("UPDATE person SET stopped_at = ? WHERE id = ? AND stopped_at IS NULL", [at, person.id])
            report.stopped += db.changesCount
            _ = try Ledger(db: db, catalog: catalog, now: now).stop(person.id, sequence: nil, .stopped)
        case .enroll(let new):
            guard let person else { return }
            try Enrolling(db: db).insert(new, person: person)
            report.enrolled += 1
            wake(new.first.lookAt)
        case .begunTooOften(let sequence): report.begunTooOften.insert(sequence)
        case .confirm(let key, let messageID, let address):
            guard key.instance == instance else { return }
            try confirm(key, messageID)
            guard let address else { return }
            try Identification(ledger: Ledger(db: db, catalog: catalog, now: now), instance: instance)
                .identify(authorOf: key.enrollment, as: address)
        }
    }

    static let wakeWaiting = """
        UPDATE job SET due = ? WHERE waiting_for = 'window' AND claimed_at IS NULL AND due > ?
            AND enrollment IN (SELECT id FROM enrollment WHERE person = ?)
        """

    private mutating func wake(_ due: Instant) {
        report.earliestDue = min(report.earliestDue ?? due, due)
    }

    /// An echo proves that a delivery arrived: one that is in doubt, one whose answer has yet to come and may not, or one
    /// that the platform refused for now and delivered all the same.
    private mutating func confirm(_ key: DeliveryKey, _ messageID: String) throws {
        try db.run(
            "UPDATE job SET echo = ?, due = min(due, ?) WHERE enrollment = ? AND step = ? AND part = ?",
            [messageID, now, key.enrollment, key.step, key.part]
        )
        if db.changesCount > 0 { wake(now) }
        let ledger = Ledger(db: db, catalog: catalog, now: now)
        guard let arrival = try ledger.arrived(key.enrollment, key.step, part: key.part, messageID: messageID) else {
            return
        }
        report.confirmed += 1
        if arrival == .goesOn { wake(now) }
    }
}
