package import Foundation

/// What comes next for an enrollment.
package enum NextStep: Hashable, Sendable {
    case step(DueStep)
    /// The enrollment has had every step of its sequence.
    case nothing
    /// Its sequence is in no file. The enrollment waits until the file is back.
    case held
}

extension Catalog {
    /// Returns what follows the finished step at `position`. Deliveries, adoptions and plans all call this, so a plan
    /// predicts exactly what an adoption does.
    /// - Parameter over: the steps that have a delivery, under the names they had then.
    package func nextStep(
        _ enrollment: Enrollment,
        after position: Milliseconds?,
        over: Set<String>,
        personZone: TimeZone?
    ) -> NextStep {
        guard let sequence = sequence(of: enrollment) else { return .held }
        let next = sequence.next(
            anchor: enrollment.anchor,
            position: position,
            over: over,
            zone: zone(for: personZone, in: sequence)
        )
        return next.map(NextStep.step) ?? .nothing
    }
}

/// A step and the moment at which it is due for one person.
package struct DueStep: Hashable, Sendable {
    package let step: Step
    package let due: Instant

    package init(step: Step, due: Instant) {
        self.step = step
        self.due = due
    }

    /// When to check it first: before it is due, if it may be pulled into the standard window.
    package var firstCheck: Instant {
        due - (step.pullIntoWindow ?? .zero)
    }
}

extension DripSequence {
    /// Returns a person's next step: the one with the smallest position after `position` that has no delivery yet.
    ///
    /// Positions decide, so the order in the file does not matter. An edit reaches people under way: they get a step
    /// added after their position, and never get one added before it.
    /// - Parameters:
    ///   - position: of the last finished step; nil before the first.
    ///   - over: the steps that have a delivery, under the names they had then.
    ///   - zone: the zone that applies to this person.
    package func next(anchor: Instant, position: Milliseconds?, over: Set<String>, zone: TimeZone) -> DueStep? {
        nextStep(position: position, over: over)
            .map { DueStep(step: $0, due: due($0, anchor: anchor, zone: zone)) }
    }

    /// Returns the same step as `next` without its due time, which needs calendar arithmetic.
    package func nextStep(position: Milliseconds?, over: Set<String>) -> Step? {
        let over = moved.isEmpty ? over : Set(over.map(currentName))
        return steps.first { step in
            (position.map { step.position > $0 } ?? true) && !over.contains(step.id)
        }
    }

    /// Returns when a step is due: the anchor plus its offset, at its time of day, moved out of quiet hours and off
    /// days. A step moved to another day keeps its time of day.
    package func due(_ step: Step, anchor: Instant, zone: TimeZone) -> Instant {
        due(step, anchor: anchor, LocalCalendar(zone))
    }

    /// Takes a calendar, so that computing many due times creates it once.
    func due(_ step: Step, anchor: Instant, _ calendar: LocalCalendar) -> Instant {
        SendingHours(quiet: quiet, days: days, calendar: calendar)
            .earliest(from: planned(step, anchor: anchor, calendar)) {
                calendar.instant(step.after, after: anchor, at: step.at, later: $0)
            }
    }

    /// Returns when the file schedules a step, before quiet hours and off days are applied.
    func planned(_ step: Step, anchor: Instant, _ calendar: LocalCalendar) -> Instant {
        calendar.instant(step.after, after: anchor, at: step.at)
    }
}

extension Catalog {
    /// Returns the zone that applies: the person's own if known, else the sequence's, else the configured one.
    package func zone(for person: TimeZone?, in sequence: DripSequence) -> TimeZone {
        person ?? sequence.zone ?? zone
    }

    /// Returns the version of the sequence that an enrollment follows: the one it is pinned to if the file says so,
    /// else the one in force. nil if the sequence is in no file: deleting the file holds pinned enrollments, too.
    package func sequence(of enrollment: Enrollment) -> DripSequence? {
        guard let inForce = self[enrollment.sequence] else { return nil }
        guard inForce.onEdit == .pin, let version = enrollment.version else { return inForce }
        return pinned[version] ?? inForce
    }
}
