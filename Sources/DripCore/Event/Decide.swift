extension Catalog {
    /// What an event causes. Pure: the same inputs give the same changes.
    /// - Parameters:
    ///   - words: what it says in words.
    ///   - at: when it happened, as `EventTime` says.
    ///   - person: whom it is about, as they were before it; nil for an event about the page alone.
    ///   - rounds: the person's latest round of each sequence they were ever in.
    ///   - typed: what the quick reply does whose title the person typed instead of tapping it.
    ///   - past: what is known besides of an event that is older than a day (`EventAge.past`); nil: it is not.
    package func decide(
        _ event: Event,
        saying words: EventWords,
        at: Instant,
        person: Person?,
        rounds: [String: Round],
        typed: Tap? = nil,
        past: PastEvent? = nil
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
        // It is a permission to write: one that comes late may have been taken back since.
        case .subscribed where past != nil: return []
        case .subscribed(let kind, let token, let topic, let expires):
            let ends = kind == .oneTime ? expires ?? at + Subscription.oneTimeLength : expires
            let new = Subscription(kind: kind, token: token, topic: topic, since: at, expires: ends)
            return person.map { [.subscriptions(Subscription.adding(new, to: $0.subscriptions))] } ?? []
        case .unsubscribed(let token):
            return person.map { [.subscriptions($0.subscriptions.filter { $0.token != token })] } ?? []
        default: break
        }
        guard var person, event.kind.opensWindow else { return [] }
        var changes: [Change] = past == nil ? [.openWindow(until: at + StandardWindow.length)] : []
        var isFirst = false
        // While another app answers, the first message to us has yet to come. One that starts nothing leaves that to the next.
        if case .message = event.kind, person.firstMessageAt == nil, !event.isStandby, past == nil {
            isFirst = true
            changes.append(.firstMessage(at: at))
        }
        if event.kind.isReply { changes.append(.wrote(at: at)) }
        if let contacts = words.contacts {
            changes += contacts.changes(to: person.attributes)
                // What is known may be newer.
                .filter { past == nil || person.attributes[$0.name] == nil }
                .map { .attribute($0.name, value: $0.value) }
        }
        let phrase = words.phrase
        let tap = event.kind.payload.flatMap(Tap.init) ?? typed
        let reading = tap == nil ? phrase.map(optOut.reading) ?? .none : .none
        if reading == .resume, !event.isStandby, past == nil, person.mayResume(at: at) {
            changes.append(.resume(at: at))
            (person.stoppedAt, person.pausedAt) = (nil, nil)
        }
        guard person.stoppedAt == nil else { return changes }
        var course = Course(catalog: self, person: person, rounds: rounds, at: at)
        if event.kind.isReply { course.end(where: .replied, .replied) }
        // The person has wanted messages again after they wrote this.
        let isOutdated = past?.resumedAt.map { $0 >= at } ?? false
        switch tap {
        case .stop where isOutdated: break
        case .stop: return changes + [.stop(at: at)]
        case .tag(let tag): course.tag(tag, starts: past == nil)
        case .start where past != nil: break
        case .start(let sequence): course.start(sequence, .button)
        case nil where isOutdated: break
        case nil where reading == .stop: return changes + [.stop(at: at)]
        // A phrase by which a sequence of the page starts is a clear word.
        case nil where reading == .ask && person.pausedAt == nil && !isStart(phrase, page: person.page):
            changes.append(.pause(at: at))
        case nil: break
        }
        guard !event.isStandby, past == nil else { return changes + course.changes }
        for sequence in sequences.values.sorted(by: { $0.id < $1.id }) {
            guard let cause = sequence.cause(of: event.kind, saying: phrase, isFirstMessage: isFirst) else { continue }
            course.start(sequence.id, cause)
        }
        return changes + course.changes
    }

    /// Whether a sequence of the page starts by a message that says this.
    private func isStart(_ phrase: Phrase?, page: String) -> Bool {
        guard let phrase else { return false }
        return sequences.values.contains { sequence in
            sequence.isFor(page: page)
                && sequence.start.contains { rule in
                    if case .message(let phrases) = rule { phrases.contains(phrase) } else { false }
                }
        }
    }

    /// Whether anything starts by this comment: only then is its author somebody to remember.
    /// - Parameter words: what it says.
    package func isAwaited(_ comment: Comment, saying words: EventWords, page: String) -> Bool {
        sequences.values.contains { $0.isFor(page: page) && $0.isStarted(by: comment, saying: words) }
    }

    /// A comment has one private reply, so it starts one sequence: the first by name that it may start.
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
        var course = Course(catalog: self, person: person, rounds: rounds, at: at)
        for sequence in sequences.values.sorted(by: { $0.id < $1.id })
        where sequence.isStarted(by: comment, saying: words) {
            course.start(sequence.id, .comment(comment.id))
            if course.hasStarted(sequence.id) { break }
        }
        return changes + course.changes
    }

    /// What a tag causes that somebody of the team gives: the same as one by a button.
    /// - Parameter starts: whether it may begin sequences, too.
    package func changes(
        tagging person: Person,
        with tag: String,
        rounds: [String: Round],
        at: Instant,
        starts: Bool
    ) -> [Change] {
        guard person.stoppedAt == nil else { return person.tags.contains(tag) ? [] : [.tag(tag)] }
        var course = Course(catalog: self, person: person, rounds: rounds, at: at)
        course.tag(tag, starts: starts)
        return course.changes
    }

    /// What it causes that an operator, a table or a walk enrolls a person: as by any other start, sequences end that stop at
    /// this one. The caller has seen to it that the person may begin it.
    /// - Parameter round: of the new enrollment.
    package func changes(
        enrolling person: Person,
        in sequence: DripSequence,
        round: Int,
        rounds: [String: Round],
        at: Instant
    ) -> [Change] {
        var course = Course(catalog: self, person: person, rounds: rounds, at: at)
        course.begin(sequence, round: round, .manual)
        return course.changes
    }

    /// Why sequences end that stop at `id`, which the person has begun in some other way than by the events of `decide`.
    package func ends(atStartOf id: String, person: Person, rounds: [String: Round], at: Instant) -> [Change] {
        var course = Course(catalog: self, person: person, rounds: rounds, at: at)
        course.end(where: .sequence(id), .otherSequence, but: id)
        return course.changes
    }

    /// Whether any sequence stops at this one: only then is there anything to look for.
    package func isStop(_ id: String) -> Bool {
        sequences.values.contains { $0.id != id && $0.stop.contains(.sequence(id)) }
    }

    /// The enrollment of a person from `at` on, its first step being the sequence's first.
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

/// The ways of one person while one event does its work: one start may stop another way, and a tag may do both.
private struct Course {
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
        guard !person.tags.contains(tag), !changes.contains(.tag(tag)) else { return }
        changes.append(.tag(tag))
        end(where: .tag(tag), .tagged)
        guard starts else { return }
        for sequence in catalog.sequences.values.sorted(by: { $0.id < $1.id })
        where sequence.start.contains(.tag(tag)) {
            start(sequence.id, .tag(tag))
        }
    }

    /// Ends the ways through all sequences that have this stop rule.
    /// - Parameter begun: is not ended.
    mutating func end(where rule: StopRule, _ reason: SkipReason, but begun: String? = nil) {
        for sequence in catalog.sequences.values.sorted(by: { $0.id < $1.id }) where sequence.stop.contains(rule) {
            // One that this very event has begun is not ended by it.
            guard let round = rounds[sequence.id], round.underWay, round.anchor < at, !hasStarted(sequence.id),
                sequence.id != begun
            else { continue }
            rounds[sequence.id]?.underWay = false
            changes.append(.end(sequence: sequence.id, reason))
        }
    }

    mutating func start(_ id: String, _ cause: StartCause) {
        guard let sequence = catalog[id], sequence.isFor(page: person.page), mayStart(sequence) else { return }
        let begunOfDay = rounds[id]?.begunOfDay ?? 0
        guard begunOfDay < Round.mostOfDay else { return changes.append(.begunTooOften(sequence: id)) }
        begin(sequence, round: (rounds[id]?.number ?? 0) + 1, cause)
    }

    /// Begins it, whether or not it may begin by itself.
    mutating func begin(_ sequence: DripSequence, round: Int, _ cause: StartCause) {
        let id = sequence.id
        guard let new = catalog.enrollment(of: person, in: sequence, round: round, at: at, cause: cause) else { return }
        let begunOfDay = (rounds[id]?.begunOfDay ?? 0) + 1
        rounds[id] = Round(number: round, anchor: at, underWay: true, begunOfDay: begunOfDay)
        changes.append(.enroll(new))
        end(where: .sequence(id), .otherSequence)
    }

    /// Whether the sequence's `again` rule allows a new round now.
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
    /// Whether a word of theirs takes back what stops or pauses their messages: not what an operator stopped, and not by a
    /// word that is older. A file tells of a wish of theirs.
    fileprivate func mayResume(at: Instant) -> Bool {
        guard let since = stoppedAt ?? pausedAt else { return false }
        return since < at && (stoppedAt == nil || stoppedBy != .operatorCommand)
    }
}

extension DripSequence {
    /// The start rule that an event meets, if any.
    /// - Parameter phrase: what it says, if it is a message of words.
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
