extension Catalog {
    /// Returns what an event causes. Pure: the same inputs give the same changes.
    /// - Parameters:
    ///   - words: the event's text, folded for comparison.
    ///   - at: when it happened, by `EventTime`.
    ///   - person: as they were before the event; nil for an event about the page alone.
    ///   - rounds: the person's latest round of each sequence they were ever in.
    ///   - typed: the effect of the quick reply whose title the person typed instead of tapping it.
    ///   - past: what else is known about an event older than a day (`EventAge.past`); nil for a current event.
    ///   - asked: the addresses that the steps sent to the person have asked for.
    ///   - resumes: how often the person took back a stop or a pause within the last day.
    package func decide(
        _ event: Event,
        saying words: EventWords,
        at: Instant,
        person: Person?,
        rounds: [String: Round],
        typed: Tap? = nil,
        past: PastEvent? = nil,
        resumes: Int = 0,
        asked: [AskedAddress] = []
    ) -> [Change] {
        if case .echo(let messageID, let delivery, let isHuman) = event.kind {
            if let delivery { return [.confirm(delivery, messageID: messageID, address: event.person)] }
            return isHuman && person != nil ? [.humanWrote(at: at)] : []
        }
        if case .comment(let comment) = event.kind, let person {
            return starts(by: comment, saying: words, at: at, person: person, rounds: rounds, isPast: past != nil)
        }
        switch event.kind {
        case .delivered where person != nil: return [.received(until: at, read: false)]
        case .read where person != nil: return [.received(until: at, read: true)]
        // The person may have withdrawn this permission since.
        case .subscribed where past != nil: return []
        case .subscribed(let kind, let token, let topic, let expires):
            let ends = kind == .oneTime ? expires ?? at + Subscription.oneTimeLength : expires
            let new = Subscription(kind: kind, token: token, topic: topic, since: at, expires: ends)
            return person.map { [.subscriptions(Subscription.adding(new, to: $0.address.subscriptions))] } ?? []
        case .unsubscribed(let token):
            return person.map { [.subscriptions($0.address.subscriptions.filter { $0.token != token })] } ?? []
        default: break
        }
        guard var person, event.kind.opensWindow else { return [] }
        var changes: [Change] = past == nil ? [.openWindow(until: at + StandardWindow.length)] : []
        var isFirst = false
        // A message to another app, or one older than a day, starts nothing and does not count as the first message.
        if case .message = event.kind, person.firstMessageAt == nil, !event.isStandby, past == nil {
            isFirst = true
            changes.append(.firstMessage(at: at))
        }
        if event.kind.isReply { changes.append(.wrote(at: at)) }
        if let contacts = words.contacts {
            changes += contacts.changes(to: person.attributes)
                // The stored value may be newer than a past event.
                .filter { past == nil || person.attributes[$0.name] == nil }
                .map { .attribute($0.name, value: $0.value) }
        }
        if past == nil, let contacts = words.contacts {
            changes += asked.compactMap { $0.change(by: contacts, in: event, at: at) }
        }
        let phrase = words.phrase
        let tap = event.kind.payload.flatMap(Tap.init) ?? typed
        let reading = tap == nil ? phrase.map(optOut.reading) ?? .none : .none
        if reading == .resume, !event.isStandby, past == nil, person.mayResume(at: at),
            resumes < ConsentChange.maxResumesPerDay
        {
            changes.append(.resume(at: at))
            (person.stoppedAt, person.pausedAt) = (nil, nil)
        }
        guard person.stoppedAt == nil else { return changes }
        var builder = DecisionBuilder(catalog: self, person: person, rounds: rounds, at: at)
        if event.kind.isReply { builder.end(where: .replied, .replied) }
        // The person asked for messages again after writing this.
        let isOutdated = past?.resumedAt.map { $0 >= at } ?? false
        switch tap {
        case .stop where isOutdated: break
        case .stop: return changes + [.stop(at: at)]
        case .tag(let tag): builder.tag(tag, starts: past == nil)
        case .start where past != nil: break
        case .start(let sequence): builder.start(sequence, .button)
        case nil where isOutdated: break
        case nil where reading == .stop: return changes + [.stop(at: at)]
        // A phrase that starts one of the page's sequences is not an unclear opt-out.
        case nil
        where reading == .ask && person.pausedAt == nil && !isStart(phrase, page: person.address.account.externalID):
            changes.append(.pause(at: at))
        case nil: break
        }
        guard !event.isStandby, past == nil else { return changes + builder.changes }
        for sequence in sequences.values.sorted(by: { $0.id < $1.id }) {
            guard let cause = sequence.cause(of: event.kind, saying: phrase, isFirstMessage: isFirst) else { continue }
            builder.start(sequence.id, cause)
        }
        return changes + builder.changes
    }

    /// Returns whether a message that says this starts one of the page's sequences.
    private func isStart(_ phrase: Phrase?, page: String) -> Bool {
        guard let phrase else { return false }
        return sequences.values.contains { sequence in
            sequence.isFor(page: page)
                && sequence.start.contains { rule in
                    if case .message(let phrases) = rule { phrases.contains(phrase) } else { false }
                }
        }
    }

    /// Returns whether this comment starts a sequence. Only then is its author stored.
    /// - Parameter words: the comment's text.
    package func isAwaited(_ comment: Comment, saying words: EventWords, page: String) -> Bool {
        sequences.values.contains { $0.isFor(page: page) && $0.isStarted(by: comment, saying: words) }
    }

    /// Returns what a comment causes. A comment has one private reply, so it starts only one sequence: the first by
    /// name that may start.
    private func starts(
        by comment: Comment,
        saying words: EventWords,
        at: Instant,
        person: Person,
        rounds: [String: Round],
        isPast: Bool
    ) -> [Change] {
        var changes: [Change] = []
        if let name = comment.author, !name.isEmpty, person.attributes["full_name"] == nil {
            changes.append(.attribute("full_name", value: name))
        }
        guard person.stoppedAt == nil, !isPast else { return changes }
        var builder = DecisionBuilder(catalog: self, person: person, rounds: rounds, at: at)
        for sequence in sequences.values.sorted(by: { $0.id < $1.id })
        where sequence.isStarted(by: comment, saying: words) {
            builder.start(sequence.id, .comment(comment.id))
            if builder.hasStarted(sequence.id) { break }
        }
        return changes + builder.changes
    }

    /// Returns what a tag from the team causes: the same as a tag from a button.
    /// - Parameter starts: whether it may start sequences, too.
    package func changes(
        tagging person: Person,
        with tag: String,
        rounds: [String: Round],
        at: Instant,
        starts: Bool
    ) -> [Change] {
        guard person.canGet(tag) else { return [] }
        guard person.stoppedAt == nil else { return [.tag(tag)] }
        var builder = DecisionBuilder(catalog: self, person: person, rounds: rounds, at: at)
        builder.tag(tag, starts: starts)
        return builder.changes
    }

    /// Returns what an enrollment by an operator, an import or a sync causes. Like any other start, it ends the
    /// sequences whose `stop` names this one. The caller has checked that the person may start it.
    /// - Parameter round: the round of the new enrollment.
    package func changes(
        enrolling person: Person,
        in sequence: DripSequence,
        round: Int,
        rounds: [String: Round],
        at: Instant
    ) -> [Change] {
        var builder = DecisionBuilder(catalog: self, person: person, rounds: rounds, at: at)
        builder.begin(sequence, round: round, .manual)
        return builder.changes
    }

    /// Returns the changes that end the sequences whose `stop` names `id`, for a start of `id` that `decide` did not
    /// cause.
    package func ends(atStartOf id: String, person: Person, rounds: [String: Round], at: Instant) -> [Change] {
        var builder = DecisionBuilder(catalog: self, person: person, rounds: rounds, at: at)
        builder.end(where: .sequence(id), .otherSequence, but: id)
        return builder.changes
    }

    /// Returns whether the `stop` of any other sequence names this one. If not, callers skip the lookup of rounds.
    package func isStop(_ id: String) -> Bool {
        sequences.values.contains { $0.id != id && $0.stop.contains(.sequence(id)) }
    }

    /// Returns a new enrollment that starts at `at` with the sequence's first step.
    package func enrollment(
        of person: Person,
        in sequence: DripSequence,
        round: Int,
        at: Instant,
        cause: StartCause
    ) -> NewEnrollment? {
        sequence.next(anchor: at, position: nil, over: [], zone: zone(for: person.zone, in: sequence)).map {
            NewEnrollment(
                sequence: sequence.id,
                round: round,
                anchor: at,
                cause: cause,
                first: $0,
                version: sequence.onEdit == .pin ? sequence.hash : nil
            )
        }
    }
}

/// Collects the changes to one person's enrollments during one event. A start may end another enrollment, and a tag may
/// start and end several.
private struct DecisionBuilder {
    let catalog: Catalog
    let person: Person
    var rounds: [String: Round]
    let at: Instant
    private(set) var changes: [Change] = []

    init(catalog: Catalog, person: Person, rounds: [String: Round], at: Instant) {
        self.catalog = catalog
        self.person = person
        self.rounds = rounds
        self.at = at
    }

    mutating func tag(_ tag: String, starts: Bool) {
        guard person.canGet(tag), !changes.contains(.tag(tag)) else { return }
        changes.append(.tag(tag))
        end(where: .tag(tag), .tagged)
        guard starts else { return }
        for sequence in catalog.sequences.values.sorted(by: { $0.id < $1.id })
        where sequence.start.contains(.tag(tag)) {
            start(sequence.id, .tag(tag))
        }
    }

    /// Ends the enrollments in all sequences with this stop rule.
    /// - Parameter begun: a sequence to leave under way.
    mutating func end(where rule: StopRule, _ reason: SkipReason, but begun: String? = nil) {
        for sequence in catalog.sequences.values.sorted(by: { $0.id < $1.id }) where sequence.stop.contains(rule) {
            // An event does not end an enrollment that it began.
            guard let round = rounds[sequence.id], round.underWay, round.anchor < at, !hasStarted(sequence.id),
                sequence.id != begun
            else { continue }
            rounds[sequence.id]?.underWay = false
            changes.append(.end(sequence: sequence.id, reason))
        }
    }

    mutating func start(_ id: String, _ cause: StartCause) {
        guard let sequence = catalog[id], sequence.isFor(page: person.address.account.externalID), mayStart(sequence)
        else { return }
        let startsToday = rounds[id]?.startsToday ?? 0
        guard startsToday < Round.maxPerDay else { return changes.append(.startLimitReached(sequence: id)) }
        begin(sequence, round: (rounds[id]?.number ?? 0) + 1, cause)
    }

    /// Enrolls without checking the `again` rule or the daily cap.
    mutating func begin(_ sequence: DripSequence, round: Int, _ cause: StartCause) {
        let id = sequence.id
        guard let new = catalog.enrollment(of: person, in: sequence, round: round, at: at, cause: cause) else { return }
        let startsToday = (rounds[id]?.startsToday ?? 0) + 1
        rounds[id] = Round(number: round, anchor: at, underWay: true, startsToday: startsToday)
        changes.append(.enroll(new))
        end(where: .sequence(id), .otherSequence)
    }

    /// Returns whether the sequence's `again` rule allows a new round now.
    private func mayStart(_ sequence: DripSequence) -> Bool {
        guard let last = rounds[sequence.id] else { return true }
        if last.underWay { return false }
        switch sequence.again {
        case .never: return false
        case .always: return true
        case .after(let offset):
            let calendar = LocalCalendar(catalog.zone(for: person.zone, in: sequence))
            return at >= calendar.instant(offset, after: last.anchor)
        }
    }

    func hasStarted(_ id: String) -> Bool {
        changes.contains { change in
            if case .enroll(let new) = change { new.sequence == id } else { false }
        }
    }
}

extension Person {
    /// Returns whether the person's own words lift the stop or pause on their messages. Words older than the stop do
    /// not, and no words lift an operator's stop. A stop from an imported file counts as the person's own.
    fileprivate func mayResume(at: Instant) -> Bool {
        guard let since = stoppedAt ?? pausedAt else { return false }
        return since < at && (stoppedAt == nil || stoppedBy != .operatorCommand)
    }
}

extension DripSequence {
    /// Returns the cause for the first start rule that the event matches; nil if it matches none.
    /// - Parameter phrase: the text, if the event is a message with text.
    fileprivate func cause(of kind: Event.Kind, saying phrase: Phrase?, isFirstMessage: Bool) -> StartCause? {
        for rule in start {
            switch rule {
            case .firstMessage where isFirstMessage: return .firstMessage
            case .ref(let wanted) where wanted == kind.ref: return .ref(wanted)
            case .message(let phrases):
                if let phrase, !phrase.core.isEmpty, phrases.contains(phrase) { return .message }
            case .postback(let wanted):
                if case .postback(wanted, _) = kind { return .postback }
            case .firstMessage, .ref, .tag, .comment, .manual: continue
            }
        }
        return nil
    }

    fileprivate func isStarted(by comment: Comment, saying words: EventWords) -> Bool {
        start.contains { rule in
            if case .comment(let rule) = rule { rule.matches(comment, saying: words) } else { false }
        }
    }
}
