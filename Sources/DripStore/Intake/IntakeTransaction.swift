import DripCore
import GRDB

/// Writes events and their effects, in the caller's transaction. Also performs changes that operators and files ask
/// for.
struct IntakeTransaction {
    let db: Database
    let instance: String
    let catalog: Catalog
    let now: Instant
    let shared: TransactionState
    /// The time during which dripd was down. An event from that time is not late.
    var downtime: Range<Instant>?
    var report = IntakeReport()

    var ledger: Ledger { Ledger(db: db, catalog: catalog, now: now, sums: shared.sums) }

    /// State shared by all events of a transaction: read once, and written once at the end.
    final class TransactionState {
        let hasForgotten: Bool
        let hasForgottenEvents: Bool
        let sums = TallyChanges()
        fileprivate var accounts: [AccountName: AccountID?] = [:]

        fileprivate struct AccountName: Hashable {
            let channel: ChannelName
            let page: String
        }
        fileprivate var newEvents = 0

        private init(_ db: Database) throws {
            hasForgotten = try db.row("SELECT 1 FROM forgotten LIMIT 1", []) != nil
            hasForgottenEvents =
                try hasForgotten && db.row("SELECT 1 FROM forgotten_event LIMIT 1", []) != nil
        }

        static func during<Value>(
            _ db: Database,
            now: Instant,
            _ work: (TransactionState) throws -> Value
        ) throws -> Value {
            let shared = try TransactionState(db)
            let value = try work(shared)
            try shared.sums.write(to: db)
            try shared.sweep(db, now: now)
            return value
        }

        /// Each new event removes up to two expired ones, so the table stays bounded by itself.
        private func sweep(_ db: Database, now: Instant) throws {
            guard newEvents > 0 else { return }
            try db.run(
                "DELETE FROM event WHERE id IN (SELECT id FROM event ORDER BY id LIMIT ?) AND received_at < ?",
                [2 * newEvents, now - EventAge.longestKept]
            )
        }
    }

    private static let profileAge = Milliseconds.days(30)

    /// - Parameter sender: whose event it is, if their address was given and may be several people's; nil to find them by it.
    mutating func ingest(_ dated: DatedEvent, by sender: Person? = nil) throws {
        let (received, at) = (dated.event, dated.at)
        guard let account = try sender?.address.account.id ?? account(of: received) else {
            report.unknownPages += 1
            return
        }
        let eventAge = age(of: received, at: at)
        guard eventAge != .expired else {
            report.expired += 1
            return
        }
        let forgotten = try received.person.flatMap { try self.forgotten($0, of: received.page) }
        // A late copy of an erased event must not bring the person back.
        guard at > forgotten?.at ?? .distantPast else {
            report.duplicates += 1
            return try recordLateStop(in: received, saying: dated.words, at: at, forgotten)
        }
        guard try !isErased(received, account: account),
            let (event, at, syncedAt) = try news(in: received, at: at, account: account)
        else {
            report.duplicates += 1
            return
        }
        let isPast = syncedAt.map { EventAge(at: $0, now: now) != .current } ?? (eventAge == .past)
        // A sync has read this message already and acted on its words. The webhook adds only the payload.
        let words = syncedAt == nil ? dated.words : .none
        report.taken[event.kind.name, default: 0] += 1
        if isPast { report.past += 1 }
        if try isAnsweredComment(event) { return try insert(event, of: nil, account: account, at: at) }
        let known = try sender ?? event.person.flatMap { try self.person($0, account: account) }
        var person = known ?? stranger(in: event, saying: words, isPast: isPast, account: account, forgotten)
        // A new person has no earlier enrollments.
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
            past: past,
            resumes: try known.map(resumes) ?? 0,
            asked: try words.hasContacts ? known.map { try asked($0.id) } ?? [] : []
        )
        if let known {
            try hear(changes, from: known)
        } else if let stranger = person {
            let new = try insertPerson(stranger.hearing(changes), by: event.kind)
            try forgotten?.recall(for: new.id, db)
            person = new
        }
        if syncedAt == nil { try insert(event, of: person, account: account, at: at) }
        for change in changes { try perform(change, person: person) }
    }

    private func account(of event: Event) throws -> AccountID? {
        let name = TransactionState.AccountName(channel: event.channel, page: event.page)
        if let account = shared.accounts[name] { return account }
        let row = try db.row(
            "SELECT id FROM account WHERE page = ? AND channel = ?",
            [event.page, event.channel.rawValue]
        )
        let account: AccountID? = row?["id"]
        shared.accounts[name] = .some(account)
        return account
    }

    func forgotten(_ address: String, of page: String) throws -> Forgotten? {
        guard shared.hasForgotten else { return nil }
        return try Forgotten(page: page, address: address, db, instance)
    }

    /// Returns the age of an event by its own time. A receipt carries its message's time, so age does not apply to it.
    /// Neither does it apply to events that a sync has read, or that were written while dripd was down.
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

    /// Returns whether this is a copy of an event that was erased with its person.
    private func isErased(_ event: Event, account: AccountID) throws -> Bool {
        guard shared.hasForgottenEvents else { return false }
        let key = EventKey(account: account, instance: instance)
        return try db.row(
            "SELECT 1 FROM forgotten_event WHERE hash IN (?, ?)",
            [key.hash(of: storedKey(of: event, account: account)), key.hash(of: event.key)]
        ) != nil
    }

    /// Records a stop that was written before its person was erased but arrived later. It applies when the person comes
    /// back.
    private mutating func recordLateStop(
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

    /// Returns how often a person who is stopped or paused took that back within the last day.
    private func resumes(_ person: Person) throws -> Int {
        guard person.stoppedAt ?? person.pausedAt != nil else { return 0 }
        let resumes = try db.row(
            """
            SELECT count(*) AS count FROM consent_change
            WHERE person = ? AND kind = 'resumed' AND source = 'person' AND at > ?
            """,
            [person.id, now - .days(1)]
        )
        return resumes?["count"] ?? 0
    }

    /// Returns the addresses that steps sent to the person asked for, the latest first.
    private func asked(_ person: PersonID) throws -> [AskedAddress] {
        var asked: [AskedAddress] = []
        let sent = try db.all(Self.askingSteps, [person, person]) { row in
            (sequence: row[0] as String, step: row[1] as String)
        }
        for (sequence, step) in sent {
            guard let new = catalog.asked(by: step, in: sequence) else { continue }
            if !asked.contains(where: { $0.ask.channel == new.ask.channel }) { asked.append(new) }
        }
        return asked
    }

    /// A step that is being sent, or is in doubt, may have been read already.
    static let askingSteps = """
        SELECT sequence, step FROM (
            SELECT enrollment.sequence, delivery.step, delivery.at FROM enrollment
            JOIN delivery ON delivery.enrollment = enrollment.id
            WHERE enrollment.person = ? AND delivery.state IN ('sent', 'in_doubt')
            UNION ALL
            SELECT enrollment.sequence, job.step, job.claimed_at FROM enrollment
            JOIN job ON job.enrollment = enrollment.id WHERE enrollment.person = ? AND job.claimed_at IS NOT NULL)
        ORDER BY at DESC LIMIT 100
        """

    private func resumedAt(_ person: PersonID) throws -> Instant? {
        try db.row("SELECT max(at) AS at FROM consent_change WHERE person = ? AND kind = 'resumed'", [person])?["at"]
    }

    /// Returns the part of an event that is new: all of it or, if a sync read the message before its webhook arrived,
    /// only what the webhook adds. In a conversation, a tap on a quick reply looks like typed text.
    /// - Returns: the new part of the event, its time, and when a sync read it (nil if all of the event is new); nil if
    ///   nothing is new. After a sync, the time is the one that the sync read, in whole seconds. With the webhook's more
    ///   exact time, the message would count as a reply to the enrollment that it started itself.
    private func news(
        in event: Event,
        at: Instant,
        account: AccountID
    ) throws -> (event: Event, at: Instant, syncedAt: Instant?)? {
        let key = storedKey(of: event, account: account)
        guard try db.row("SELECT 1 FROM event WHERE account = ? AND key = ?", [account, key]) != nil else {
            // An earlier dripd stored the keys of comments unhashed.
            let isKnown =
                try key != event.key
                && db.row("SELECT 1 FROM event WHERE account = ? AND key = ?", [account, event.key]) != nil
            return isKnown ? nil : (event, at, nil)
        }
        guard let rest = event.notInConversation else { return nil }
        return try db.row(
            "UPDATE event SET kind = ? WHERE account = ? AND key = ? AND kind = ? RETURNING at, received_at",
            [event.kind.name, account, event.key, Self.foundBySync]
        ).map { row in (rest, row["at"], row["received_at"]) }
    }

    /// Returns the key under which an event is stored. A comment's id is personal data of an author who may be unknown,
    /// so it is hashed.
    private func storedKey(of event: Event, account: AccountID) -> String {
        guard case .comment = event.kind else { return event.key }
        return EventKey(account: account, instance: instance).hash(of: event.key)
    }

    /// The kind of an event that a sync found, until its webhook arrives.
    private static let foundBySync = "walked"

    private func insert(_ event: Event, of person: Person?, account: AccountID, at: Instant) throws {
        try db.run(
            "INSERT INTO event (account, key, kind, person, at, received_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                account, storedKey(of: event, account: account),
                event.isFromConversation ? Self.foundBySync : event.kind.name,
                person?.id, at, now, event.body,
            ]
        )
        shared.newEvents += 1
    }

    private func person(_ address: String, account: AccountID) throws -> Person? {
        try db.first(Person.known, [account, address], Person.init)
    }

    /// Returns a person who is not in the database yet and has no id, if the event is a reason to add them.
    /// - Parameter forgotten: the record of an earlier erasure; the person may have opted out.
    private func stranger(
        in event: Event,
        saying words: EventWords,
        isPast: Bool,
        account: AccountID,
        _ forgotten: Forgotten?
    ) -> Person? {
        guard let address = event.person else { return nil }
        let isAwaited =
            switch event.kind {
            case .comment(let comment): !isPast && catalog.isAwaited(comment, saying: words, page: event.page)
            // A subscription permits messages, so the person is stored even if they never wrote.
            case .subscribed: true
            default: event.kind.opensWindow
            }
        guard isAwaited else { return nil }
        return Person(
            id: PersonID(rawValue: 0),
            address: Address(
                id: AddressID(rawValue: 0),
                account: Account(id: account, channel: event.channel, externalID: event.page),
                externalID: address
            ),
            stoppedAt: forgotten?.stoppedAt,
            stoppedBy: forgotten?.stoppedBy
        )
    }

    private mutating func insertPerson(_ stranger: Person, by kind: Event.Kind) throws -> Person {
        // The platform returns no profile before the person has written, so none is requested after a comment.
        var profileAt: Instant?
        if case .comment = kind { profileAt = Instant(milliseconds: 0) }
        try db.run(
            """
            INSERT INTO person (created_at, stopped_at, stopped_by, first_message_at, last_wrote_at) VALUES (?, ?, ?, ?, ?)
            """,
            [now, stranger.stoppedAt, stranger.stoppedBy?.rawValue, stranger.firstMessageAt, stranger.lastWroteAt]
        )
        var person = stranger
        person.id = PersonID(rawValue: db.lastInsertedRowID)
        try db.run(
            """
            INSERT INTO address (person, account, external_id, created_at, profile_at, window_ends) VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                person.id, person.address.account.id, person.address.externalID, now, profileAt,
                person.address.windowEnds,
            ]
        )
        person.address.id = AddressID(rawValue: db.lastInsertedRowID)
        shared.sums.add("people", 1)
        if kind.opensWindow { report.needsProfile = true }
        return person
    }

    /// Writes what a message or a tap changes about a known person.
    private mutating func hear(_ changes: [Change], from known: Person) throws {
        let person = known.hearing(changes)
        if (person.lastWroteAt, person.firstMessageAt) != (known.lastWroteAt, known.firstMessageAt) {
            try db.run(
                "UPDATE person SET last_wrote_at = ?, first_message_at = ? WHERE id = ?",
                [person.lastWroteAt, person.firstMessageAt, person.id]
            )
        }
        guard changes.contains(where: \.opensWindow) else { return }
        // Names change, so a profile older than a month is requested again.
        let row = try db.row(
            """
            UPDATE address SET window_ends = ?, unreachable = NULL, blocked_at = NULL, profile_at = CASE WHEN profile_at > ? THEN profile_at END
            WHERE id = ? RETURNING profile_at
            """,
            [person.address.windowEnds, now - Self.profileAge, person.address.id]
        )
        let profileAt: Instant? = row?["profile_at"]
        if profileAt == nil { report.needsProfile = true }
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
                startsToday: anchor > now - .days(1) ? 1 : 0
            )
            return (row["sequence"] as String, round)
        }
        return Dictionary(rounds) { earlier, last in
            var last = last
            last.startsToday += earlier.startsToday
            return last
        }
    }

    /// Returns whether the event edits a comment that has had its one private reply, or is about to get it.
    private func isAnsweredComment(_ event: Event) throws -> Bool {
        guard case .comment(let comment) = event.kind, comment.isEdit else { return false }
        return try db.row("SELECT 1 FROM enrollment WHERE comment = ?", [comment.id]) != nil
    }

    /// Returns the tap on the quick reply whose title a person typed, if their last message has exactly one with that
    /// title. Quick replies disappear with the next message, and the platform's window is a day.
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

    /// Makes a person's jobs that wait for the window due at once.
    static let wakeWaiting = """
        UPDATE job SET due = CASE WHEN due > ? THEN ? ELSE due END, waiting_for = NULL
        WHERE waiting_for = 'window' AND claimed_at IS NULL AND enrollment IN (SELECT id FROM enrollment WHERE person = ?)
        """
}

extension Person {
    /// Returns the person with the changes that every message or tap makes.
    fileprivate func hearing(_ changes: [Change]) -> Person {
        var person = self
        for change in changes {
            switch change {
            // Events may arrive out of order: an earlier one must not shorten the window.
            case .openWindow(let until): person.address.windowEnds = max(until, address.windowEnds ?? until)
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
