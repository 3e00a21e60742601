package import Foundation

/// A step and the moment at which it is due for one person.
package struct DueStep: Hashable, Sendable {
    package let step: Step
    package let due: Instant

    package init(step: Step, due: Instant) {
        self.step = step
        self.due = due
    }

    /// When to look at it first: earlier than due where it may be pulled into the standard window.
    package var lookAt: Instant {
        due - (step.pullIntoWindow ?? .zero)
    }
}

extension DripSequence {
    /// What comes next for somebody: the step with the smallest position behind `position` that is not in their ledger.
    ///
    /// Offsets decide, so the order in the file does not matter, and an edit reaches the people under way: a step added
    /// ahead of them is sent, one added behind them never is.
    /// - Parameters:
    ///   - position: of the last step that is over; nil before the first.
    ///   - over: the steps that the person's ledger already holds, under the names that they had.
    ///   - zone: the zone that applies to this person.
    package func next(anchor: Instant, position: Span?, over: Set<String>, zone: TimeZone) -> DueStep? {
        nextStep(position: position, over: over)
            .map { DueStep(step: $0, due: due($0, anchor: anchor, zone: zone)) }
    }

    /// As `next`, without the moment, which takes a calendar to find.
    package func nextStep(position: Span?, over: Set<String>) -> Step? {
        let over = moved.isEmpty ? over : Set(over.map(currentName))
        return steps.first { step in
            (position.map { step.position > $0 } ?? true) && !over.contains(step.id)
        }
    }

    /// When a step is due: the anchor plus its offset, at its time of day, moved out of quiet hours and off days. A day that is moved
    /// keeps its time of day.
    package func due(_ step: Step, anchor: Instant, zone: TimeZone) -> Instant {
        due(step, anchor: anchor, LocalCalendar(zone))
    }

    /// The same, for whoever asks a million times.
    func due(_ step: Step, anchor: Instant, _ calendar: LocalCalendar) -> Instant {
        SendingHours(quiet: quiet, days: days, calendar: calendar)
            .earliest(from: planned(step, anchor: anchor, calendar)) {
                calendar.instant(step.after, after: anchor, at: step.at, later: $0)
            }
    }

    /// When the file wants a step, quiet hours and off days not being counted.
    func planned(_ step: Step, anchor: Instant, _ calendar: LocalCalendar) -> Instant {
        calendar.instant(step.after, after: anchor, at: step.at)
    }
}

extension Catalog {
    /// The zone that applies: the person's own where known, else the sequence's, else the configured one.
    package func zone(for person: TimeZone?, in sequence: DripSequence) -> TimeZone {
        person ?? sequence.zone ?? zone
    }

    /// The version of its sequence that an enrollment goes by: the one that it is pinned to where the file says so, else
    /// the one in force. nil when the sequence is in no file: its deletion holds those who are pinned, too.
    package func sequence(of enrollment: Enrollment) -> DripSequence? {
        guard let inForce = self[enrollment.sequence] else { return nil }
        guard inForce.onEdit == .pin, let version = enrollment.version else { return inForce }
        return pinned[version] ?? inForce
    }
}
