extension Catalog {
    /// What an event causes. Pure: the same inputs give the same changes.
    /// - Parameters:
    ///   - at: when it happened, as `EventTime` says.
    ///   - person: whom it is about, as they were before it; nil for an event about the page alone.
    ///   - rounds: the person's latest round of each sequence they were ever in.
    package func decide(_ event: Event, at: Instant, person: Person?, rounds: [String: Round]) -> [Change] {
        if case .echo(let messageID, let delivery?) = event.kind {
            return [.confirm(delivery, messageID: messageID)]
        }
        guard let person, event.kind.opensWindow else { return [] }
        var changes: [Change] = [.openWindow(until: at + StandardWindow.length)]
        var isFirst = false
        if case .message = event.kind, person.firstMessageAt == nil {
            isFirst = true
            changes.append(.firstMessage(at: at))
        }
        guard person.stoppedAt == nil else { return changes }
        for sequence in sequences.values.sorted(by: { $0.id < $1.id }) {
            guard let cause = sequence.cause(isFirstMessage: isFirst, ref: event.kind.ref),
                let start = start(sequence, cause: cause, at: at, person: person, last: rounds[sequence.id])
            else { continue }
            changes.append(.enroll(start))
        }
        return changes
    }

    /// A new round of a sequence for a person, where its `again` rule allows one now.
    private func start(
        _ sequence: DripSequence,
        cause: StartCause,
        at: Instant,
        person: Person,
        last: Round?
    ) -> NewEnrollment? {
        if let last {
            if last.underWay { return nil }
            switch sequence.again {
            case .never: return nil
            case .always: break
            case .after(let offset):
                let calendar = LocalCalendar(zone(for: person.zone, in: sequence))
                if at < calendar.instant(offset, after: last.anchor) { return nil }
            }
        }
        return enrollment(of: person, in: sequence, round: (last?.number ?? 0) + 1, at: at, cause: cause)
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
            NewEnrollment(sequence: sequence.id, round: round, anchor: at, cause: cause, first: $0)
        }
    }
}

extension DripSequence {
    /// The start rule that an event meets, if any.
    fileprivate func cause(isFirstMessage: Bool, ref: String?) -> StartCause? {
        for rule in start {
            switch rule {
            case .firstMessage where isFirstMessage: return .firstMessage
            case .ref(let wanted) where wanted == ref: return .ref(wanted)
            case .firstMessage, .ref, .manual: continue
            }
        }
        return nil
    }
}
