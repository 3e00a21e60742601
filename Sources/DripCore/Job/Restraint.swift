package import Foundation

/// What a message waits for that may be sent, so that its person does not get too much at once.
package struct Restraint: Hashable, Sendable {
    package let until: Instant
    /// `day` or `gap`.
    package let reason: WaitReason

    package init(until: Instant, reason: WaitReason) {
        self.until = until
        self.reason = reason
    }
}

extension Catalog {
    /// What a step's first message waits for after `admit` has let it go; nil: it may be sent now. Steps that have begun go
    /// on.
    /// - Parameters:
    ///   - cause: what started the enrollment, as `StartCause` writes it.
    ///   - messages: what the person got, or is getting, of all sequences in the last 24 hours at least.
    package func restraint(
        on job: Job,
        cause: String,
        after messages: [DailyLimit.Message],
        now: Instant
    ) -> Restraint? {
        guard job.part == 0 else { return nil }
        let gapEnds = gapEnds(before: job, after: messages, now: now) ?? now
        let message = DailyLimit.Message(
            at: now,
            cause: cause,
            anchor: job.enrollment.anchor,
            scheduled: job.scheduled
        )
        let dayEnds = dailyLimit?.earliest(message, after: messages) ?? now
        let until = max(dayEnds, gapEnds)
        return until > now ? Restraint(until: until, reason: dayEnds >= gapEnds ? .day : .gap) : nil
    }

    /// nil where nothing of the sequence came before.
    private func gapEnds(before job: Job, after messages: [DailyLimit.Message], now: Instant) -> Instant? {
        guard let sequence = sequence(of: job.enrollment), sequence.gap > .zero, let step = sequence.step(job.step),
            let (last, origin) = messages.latest(of: job.enrollment.id)
        else { return nil }
        let zone = zone(for: job.person.zone, in: sequence)
        let gap = sequence.gap(
            between: sequence.step(origin.step),
            and: step,
            isEarly: now < job.scheduled,
            anchor: job.enrollment.anchor,
            zone: zone
        )
        return last + gap
    }
}

extension DripSequence {
    /// The least time between two steps: `gap`, unless the file itself places them closer.
    /// - Parameters:
    ///   - previous: nil for a step that is in the file no more.
    ///   - isEarly: `step` is to be sent ahead of its time, which the file allows too.
    package func gap(
        between previous: Step?,
        and step: Step,
        isEarly: Bool,
        anchor: Instant,
        zone: TimeZone
    ) -> Span {
        guard let previous else { return gap }
        let calendar = LocalCalendar(zone)
        let distance = planned(step, anchor: anchor, calendar) - planned(previous, anchor: anchor, calendar)
        // The order is by position: for some starts the later one is due first.
        let placed = abs(distance.milliseconds)
        let pull = isEarly ? step.pullIntoWindow ?? .zero : .zero
        return min(gap, Span(milliseconds: max(0, placed - pull.milliseconds)))
    }
}

extension [DailyLimit.Message] {
    fileprivate func latest(of enrollment: EnrollmentID) -> (at: Instant, origin: DailyLimit.Message.Origin)? {
        var latest: (at: Instant, origin: DailyLimit.Message.Origin)?
        for message in self {
            guard let origin = message.origin, origin.enrollment == enrollment else { continue }
            if latest.map({ message.at > $0.at }) ?? true { latest = (message.at, origin) }
        }
        return latest
    }
}
