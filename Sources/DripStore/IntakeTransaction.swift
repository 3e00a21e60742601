import DripCore
import GRDB

/// Writes events, and what people are given otherwise, in the caller's transaction.
struct IntakeTransaction {
    let db: Database
    let instance: String
    let catalog: Catalog
    let now: Instant
    let shared: Shared
    /// While dripd was down: what was written then is not late.
    var downtime: Range<Instant>?
    var report = IntakeReport()

    var ledger: Ledger { Ledger(db: db, catalog: catalog, now: now, sums: shared.sums) }

    /// What is the same for all that a transaction takes: read once, and written once at its end.
    final class Shared {
        let hasForgotten: Bool
        let hasForgottenEvents: Bool
        let sums = Sums()
        fileprivate var lanes: [String: LaneID?] = [:]
        fileprivate var newEvents = 0

        private init(_ db: Database) throws {
            hasForgotten = try db.row("SELECT 1 FROM forgotten LIMIT 1", []) != nil
            hasForgottenEvents =
                try hasForgotten && db.row("SELECT 1 FROM forgotten_event LIMIT 1", []) != nil
        }

        static func during<Value>(_ db: Database, now: Instant, _ work: (Shared) throws -> Value) throws -> Value {
            let shared = try Shared(db)
            let value = try work(shared)
            try shared.sums.write(to: db)
            try shared.sweep(db, now: now)
            return value
        }

        /// Every new event sweeps up two old ones, so that the table stops growing without anybody's attention.
        private func sweep(_ db: Database, now: Instant) throws {
            guard newEvents > 0 else { return }
            try db.run(
                "DELETE FROM event WHERE id IN (SELECT id FROM event ORDER BY id LIMIT ?) AND received_at < ?",
                [2 * newEvents, now - EventAge.longestKept]
            )
        }
    }

    private static let profileAge = Span.days(30)

    mutating func take(_ dated: DatedEvent) throws {
        let (received, at) = (dated.event, dated.at)
        guard let lane = try lane(of: received.page) else {
            report.strangers += 1
            return
        }
        let eventAge = age(of: received, at: at)
        guard eventAge != .expired else {
            report.expired += 1
            return
        }
        let forgotten = try received.person.flatMap { try self.forgotten($0, of: received.page) }
        // A late copy of something that was erased must not bring the person back.
        guard at > forgotten?.at ?? .distantPast else {
            report.duplicates += 1
            return try keepStop(in: received, saying: dated.words, at: at, forgotten)
        }
        guard try !isErased(received, lane: lane),
            let (event, at, takenAt) = try news(in: received, at: at, lane: lane)
        else {
            report.duplicates += 1
            return
        }
        let isPast = takenAt.map { EventAge(at: $0, now: now) != .current } ?? (eventAge == .past)
        // What only the webhook tells of a message that a walk has read is a payload: its words have done their work.
        let words = takenAt == nil ? dated.words : .none
        report.taken[event.kind.name, default: 0] += 1
        if isPast { report.past += 1 }
        if try isAnsweredComment(event) { return try insert(event, of: nil, lane: lane, at: at) }
        let known = try event.person.flatMap { try self.person($0, lane: lane) }
        var person = known ?? stranger(in: event, saying: words, isPast: isPast, lane: lane, forgotten)
        // Who is new has no way behind them.
        let rounds = try known.map { try self.rounds($0.id) } ?? [:]
        let typed = try known.flatMap { try typedTap(event, saying: words, by: $0, at: at) }
        let past = try isPast ? PastEvent(resumedAt: known.flatMap { try resumedAt($0.id) }) : nil
        let changes = catalog.decide(
            event,
            saying: words,
            at: at,
            person: person,
            rounds: rounds,
            typed: typed,
            past: past
        )
        if let known {
            try hear(changes, from: known)
        } else if let stranger = person {
            person = try meet(stranger.hearing(changes), by: event.kind)
        }
        if takenAt == nil { try insert(event, of: person, lane: lane, at: at) }
        for change in changes { try perform(change, person: person) }
    }

    private func lane(of page: String) throws -> LaneID? {
        if let lane = shared.lanes[page] { return lane }
        let row = try db.row("SELECT id FROM lane WHERE page = ? AND channel = 'messenger'", [page])
        let lane: LaneID? = row?["id"]
        shared.lanes[page] = .some(lane)
        return lane
    }

    func forgotten(_ address: String, of page: String) throws -> Forgotten? {
        guard shared.hasForgotten else { return nil }
        return try Forgotten(page: page, address: address, db, instance)
    }

    /// By the event's own time. A receipt has its message's; what a walk has read, and what was written while dripd was down, is
    /// not late.
    private func age(of event: Event, at: Instant) -> EventAge {
        let eventAge = EventAge(at: at, now: now)
        guard eventAge != .current else { return .current }
        switch event.kind {
        case .delivered, .read: return .current
        default: break
        }
        if event.isFromConversation { return .current }
        let wasDown = downtime?.contains(at) ?? false
        return eventAge == .past && wasDown ? .current : eventAge
    }

    /// Whether it is the copy of an event that was erased with its person.
    private func isErased(_ event: Event, lane: LaneID) throws -> Bool {
        guard shared.hasForgottenEvents else { return false }
        let key = EventKey(lane: lane, instance: instance)
        return try db.row(
            "SELECT 1 FROM forgotten_event WHERE hash IN (?, ?)",
            [key.hash(of: storedKey(of: event, lane: lane)), key.hash(of: event.key)]
        ) != nil
    }

    /// A stop that was written before its person was erased, and comes after that, holds for when they come back.
    private mutating func keepStop(
        in event: Event,
        saying words: EventWords,
        at: Instant,
        _ forgotten: Forgotten?
    ) throws {
        guard let forgotten, let address = event.person, forgotten.stoppedAt == nil,
            catalog.asksToStop(event, saying: words)
        else { return }
        try Forgotten.stop(page: event.page, address: address, at: at, db, instance)
        report.stopped += 1
    }

    private func resumedAt(_ person: PersonID) throws -> Instant? {
        try db.row("SELECT max(at) AS at FROM consent_change WHERE person = ? AND kind = 'resumed'", [person])?["at"]
    }

    /// What of an event is new: all of it or, where a walk was earlier than its webhook, what only the latter tells. A tap on
    /// "nothing more" looks in the conversation like any other word.
    /// - Returns: with the time that the walk read, which counts in seconds: by its own the webhook would be an answer to what
    ///   the same message began; and with when the walk has read it, nil where all of it is new.
    private func news(
        in event: Event,
        at: Instant,
        lane: LaneID
    ) throws -> (event: Event, at: Instant, takenAt: Instant?)? {
        let key = storedKey(of: event, lane: lane)
        guard try db.row("SELECT 1 FROM event WHERE lane = ? AND key = ?", [lane, key]) != nil else {
            // An earlier dripd wrote the keys of comments as they are.
            let isKnown =
                try key != event.key
                && db.row("SELECT 1 FROM event WHERE lane = ? AND key = ?", [lane, event.key]) != nil
            return isKnown ? nil : (event, at, nil)
        }
        guard let rest = event.notInConversation else { return nil }
        return try db.row(
            "UPDATE event SET kind = ? WHERE lane = ? AND key = ? AND kind = ? RETURNING at, received_at",
            [event.kind.name, lane, event.key, Self.walked]
        ).map { row in (rest, row["at"], row["received_at"]) }
    }

    /// The id of a comment is its author's, who may not be known: it is kept as a hash.
    private func storedKey(of event: Event, lane: LaneID) -> String {
        guard case .comment = event.kind else { return event.key }
        return EventKey(lane: lane, instance: instance).hash(of: event.key)
    }

    /// The kind of an event that a walk found, until its webhook comes.
    private static let walked = "walked"

    private func insert(_ event: Event, of person: Person?, lane: LaneID, at: Instant) throws {
        try db.run(
            "INSERT INTO event (lane, key, kind, person, at, received_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                lane, storedKey(of: event, lane: lane), event.isFromConversation ? Self.walked : event.kind.name,
                person?.id, at, now, event.body,
            ]
        )
        shared.newEvents += 1
    }

    private func person(_ address: String, lane: LaneID) throws -> Person? {
        try db.first(
            "SELECT \(Person.columns) FROM person JOIN lane ON lane.id = person.lane WHERE lane = ? AND address = ?",
            [lane, address],
            Person.init
        )
    }

    /// Somebody whom we do not know and who has no number yet, if the event gives a reason to know them.
    /// - Parameter forgotten: somebody whom we do not know any more may have asked to get nothing more.
    private func stranger(
        in event: Event,
        saying words: EventWords,
        isPast: Bool,
        lane: LaneID,
        _ forgotten: Forgotten?
    ) -> Person? {
        guard let address = event.person else { return nil }
        let isAwaited =
            switch event.kind {
            case .comment(let comment): !isPast && catalog.isAwaited(comment, saying: words, page: event.page)
            // Who may be written to by it must be known, whatever brought them here.
            case .subscribed: true
            default: event.kind.opensWindow
            }
        guard isAwaited else { return nil }
        return Person(
            id: PersonID(rawValue: 0),
            lane: lane,
            page: event.page,
            address: address,
            stoppedAt: forgotten?.stoppedAt,
            stoppedBy: forgotten?.stoppedBy
        )
    }

    private mutating func meet(_ stranger: Person, by kind: Event.Kind) throws -> Person {
        // The platform tells of no profile before somebody has written: they are asked for when they do.
        var profileAt: Instant?
        if case .comment = kind { profileAt = Instant(milliseconds: 0) }
        try db.run(
            """
            INSERT INTO person (
                lane, address, created_at, profile_at, stopped_at, stopped_by, window_ends, first_message_at, last_wrote_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                stranger.lane, stranger.address, now, profileAt, stranger.stoppedAt, stranger.stoppedBy?.rawValue,
                stranger.windowEnds, stranger.firstMessageAt, stranger.lastWroteAt,
            ]
        )
        shared.sums.add("people", 1)
        if kind.opensWindow { report.metUnknown = true }
        var person = stranger
        person.id = PersonID(rawValue: db.lastInsertedRowID)
        return person
    }

    /// Writes what a message or a tap says of somebody known by itself: one statement for all of it.
    private mutating func hear(_ changes: [Change], from known: Person) throws {
        let person = known.hearing(changes)
        guard changes.contains(where: \.opensWindow) else {
            if person.lastWroteAt != known.lastWroteAt {
                try db.run("UPDATE person SET last_wrote_at = ? WHERE id = ?", [person.lastWroteAt, person.id])
            }
            return
        }
        // Names change: who writes after a month is asked for anew.
        let row = try db.row(
            """
            UPDATE person SET window_ends = ?, first_message_at = ?, last_wrote_at = ?, unreachable = NULL,
                profile_at = CASE WHEN profile_at > ? THEN profile_at END
            WHERE id = ? RETURNING profile_at
            """,
            [person.windowEnds, person.firstMessageAt, person.lastWroteAt, now - Self.profileAge, person.id]
        )
        let profileAt: Instant? = row?["profile_at"]
        if profileAt == nil { report.metUnknown = true }
        try db.run(Self.wakeWaiting, [now, now, person.id])
        if db.changesCount > 0 { wake(now) }
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
        // See `Person.hearing`.
        case .openWindow, .firstMessage, .wrote: return
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
            _ = try ledger.stop(person.id, sequence: sequence, reason)
        case .stop(let at):
            guard let person else { return }
            if try Consent(db: db, person: person.id).stop(at: at, by: .person) { report.stopped += 1 }
            _ = try ledger.stop(person.id, sequence: nil, .stopped)
        case .pause(let at):
            guard let person, try Consent(db: db, person: person.id).pause(at: at) else { return }
            report.paused.append(
                PausedPerson(
                    page: person.page,
                    pseudonym: Store.pseudonym(page: person.page, address: person.address, instance)
                )
            )
        case .resume(let at):
            guard let person else { return }
            if try Consent(db: db, person: person.id).resume(at: at, now: now, by: .person) { wake(now) }
        case .enroll(let new):
            guard let person else { return }
            try Enrolling(db: db).insert(new, person: person)
            Enrolling.count(1, in: shared.sums)
            report.enrolled += 1
            wake(new.first.lookAt)
        case .begunTooOften(let sequence): report.begunTooOften.insert(sequence)
        case .confirm(let key, let messageID, let address):
            guard key.instance == instance else { return }
            try confirm(key, messageID)
            guard let address else { return }
            let pause = try Identification(ledger: ledger, instance: instance)
                .identify(authorOf: key.enrollment, as: address)
            if let pause { report.commentPauses.append(pause) }
        }
    }

    /// Whether the event is the edit of a comment that has had its one private reply, or is to get it.
    private func isAnsweredComment(_ event: Event) throws -> Bool {
        guard case .comment(let comment) = event.kind, comment.isEdit else { return false }
        return try db.row("SELECT 1 FROM enrollment WHERE comment = ?", [comment.id]) != nil
    }

    /// What the quick reply does whose title a person typed, if the last message that they were sent has exactly one such: quick
    /// replies are gone with the next message, and the platform's window is a day.
    private func typedTap(_ event: Event, saying words: EventWords, by person: Person, at: Instant) throws -> Tap? {
        guard case .message(_, nil, _) = event.kind, !event.isStandby,
            let phrase = catalog.quickReplyTitle(in: words)
        else { return nil }
        let last = try db.first(Self.lastSent, [person.id]) { row in
            (sequence: row[0] as String, version: row[1] as String?, step: row[2] as String, at: row[3] as Instant)
        }
        guard let last, last.at <= at, at - last.at < StandardWindow.length, person.humanAt ?? last.at <= last.at else {
            return nil
        }
        return catalog.tap(named: phrase, of: last.step, in: last.sequence, version: last.version)
    }

    static let lastSent = """
        SELECT enrollment.sequence, enrollment.version, delivery.step, coalesce(delivery.left_at, delivery.at) AS sent_at
        FROM enrollment JOIN delivery ON delivery.enrollment = enrollment.id
        WHERE enrollment.person = ? AND delivery.state IN ('sent', 'in_doubt')
        ORDER BY sent_at DESC LIMIT 1
        """

    /// What keeps such a job from now on is something else.
    static let wakeWaiting = """
        UPDATE job SET due = CASE WHEN due > ? THEN ? ELSE due END, waiting_for = NULL
        WHERE waiting_for = 'window' AND claimed_at IS NULL AND enrollment IN (SELECT id FROM enrollment WHERE person = ?)
        """

    private mutating func wake(_ due: Instant) {
        report.earliestDue = min(report.earliestDue ?? due, due)
    }

    /// An echo proves that a delivery arrived.
    private mutating func confirm(_ key: DeliveryKey, _ messageID: String) throws {
        let confirmed = try ledger.confirm(key.enrollment, key.step, part: key.part, messageID: messageID)
        if confirmed.makesDue { wake(now) }
        guard let arrival = confirmed.arrival else { return }
        report.confirmed += 1
        if arrival == .goesOn { wake(now) }
    }
}

extension Person {
    /// With what a message or a tap says by itself.
    fileprivate func hearing(_ changes: [Change]) -> Person {
        var person = self
        for change in changes {
            switch change {
            // Events may come out of order: an earlier one never shortens the window.
            case .openWindow(let until): person.windowEnds = max(until, windowEnds ?? until)
            case .firstMessage(let at): person.firstMessageAt = at
            case .wrote(let at): person.lastWroteAt = max(at, lastWroteAt ?? at)
            default: continue
            }
        }
        return person
    }
}

extension Change {
    fileprivate var opensWindow: Bool {
        if case .openWindow = self { true } else { false }
    }
}
