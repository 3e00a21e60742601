package import Foundation

/// A step and the moment at which it is due for one person.
package struct DueStep: Hashable, Sendable {
    package let step: Step
    package let due: Instant

    package init(step: Step, due: Instant) {
        self.step = step
        self.due = due
    }
}

extension DripSequence {
    /// What comes next for somebody: the step with the smallest offset behind `position` that is not in their ledger.
    ///
    /// Offsets decide, so the order in the file does not matter, and an edit reaches the people under way: a step added
    /// ahead of them is sent, one added behind them never is.
    /// - Parameters:
    ///   - position: nominal offset of the last step that is over; nil before the first.
    ///   - over: the steps that the person's ledger already holds.
    ///   - zone: the zone that applies to this person.
    package func next(anchor: Instant, position: Span?, over: Set<String>, zone: TimeZone) -> DueStep? {
        let next = steps.first { step in
            (position.map { step.after.nominal > $0 } ?? true) && !over.contains(step.id)
        }
        return next.map { DueStep(step: $0, due: due($0, anchor: anchor, zone: zone)) }
    }

    /// When a step is due: the anchor plus its offset, moved out of quiet hours and off days.
    package func due(_ step: Step, anchor: Instant, zone: TimeZone) -> Instant {
        let calendar = LocalCalendar(zone)
        return SendingHours(quiet: quiet, days: days, calendar: calendar)
            .earliest(from: calendar.instant(step.after, after: anchor))
    }
}

extension Catalog {
    /// The zone that applies: the person's own where known, else the sequence's, else the configured one.
    package func zone(for person: TimeZone?, in sequence: DripSequence) -> TimeZone {
        person ?? sequence.zone ?? zone
    }
}
