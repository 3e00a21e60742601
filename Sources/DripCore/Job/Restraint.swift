package import Foundation

/// A limit that delays a message which may be sent, so that its person does not get too much at once.
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
    /// Returns the limit that delays a step's first message after `admit` has let it go; nil if it may be sent now. A
    /// step that has begun is not delayed.
    /// - Parameters:
    ///   - cause: the enrollment's start, as `StartCause` describes it.
    ///   - messages: the messages of all sequences that the person got, or is getting, in the last 24 hours at least.
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

    /// Returns when the sequence's gap ends; nil if no message of the sequence came before.
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
    /// Returns the least time between two steps: `gap`, unless the file itself places them closer.
    /// - Parameters:
    ///   - previous: nil if the step is no longer in the file.
    ///   - isEarly: whether `step` is to be sent before it is due, which the file allows, too.
    package func gap(
        between previous: Step?,
        and step: Step,
        isEarly: Bool,
        anchor: Instant,
        zone: TimeZone
    ) -> Milliseconds {
        guard let previous else { return gap }
        let calendar = LocalCalendar(zone)
        let distance = planned(step, anchor: anchor, calendar) - planned(previous, anchor: anchor, calendar)
        // Steps are ordered by position. For some anchors the later step is due first.
        let placed = abs(distance.milliseconds)
        let pull = isEarly ? step.pullIntoWindow ?? .zero : .zero
        return min(gap, Milliseconds(max(0, placed - pull.milliseconds)))
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
