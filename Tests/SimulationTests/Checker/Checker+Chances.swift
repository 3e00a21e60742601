import DripCore
import TestSupport

/// Computes when something could have been sent.
extension Checker {
    /// Returns the first moment from which a step could have been sent for longer than `slack`.
    func chance(
        _ facts: [World.RecordedAction],
        _ way: LedgerRows.Way,
        isUtility: Bool,
        from: Instant,
        until: Instant
    ) -> Instant? {
        guard from < until else { return nil }
        let sequence = way.sequence
        // A template may be sent at any time once the person has written.
        let first = facts.filter(\.opensWindow).compactMap { $0.taken?.clock }.min()
        var open: [(Instant, Instant)] = []
        if isUtility, let first, max(first, from) < until { open = [(max(first, from), until)] }
        for fact in facts where fact.opensWindow {
            guard let taken = fact.taken, let believed = fact.believed else { continue }
            let (start, end) = (max(taken.clock, from), min(believed + .hours(24) - Self.windowMargin, until))
            if start < end { open.append((start, end)) }
        }
        var closed = world.blocked.map { ($0.lowerBound, $0.upperBound) }
        for fact in facts where fact.isByTeam {
            guard let believed = fact.believed else { continue }
            closed.append((believed, believed + (Self.pauseOnHuman[sequence] ?? .hours(24))))
        }
        closed += fullDays(way.address)
        // Sent messages of the same enrollment, whether they arrived or not.
        closed += world.launches.filter { DeliveryKey($0.summary.key)?.enrollment.rawValue == way.id }
            .map { ($0.clock, $0.clock + Self.gap) }
        closed.sort { $0.0 < $1.0 }
        for (start, end) in open.sorted(by: { $0.0 < $1.0 }) {
            if sequence == "gift" {
                // Nothing is sent in quiet hours.
                closed += nights(from: start, until: end)
                closed.sort { $0.0 < $1.0 }
            }
            var free = start
            for (from, to) in closed where to > free {
                if from - free > Self.slack, free + Self.slack < end { return free }
                free = max(free, to)
            }
            if free + Self.slack < end { return free }
        }
        return nil
    }

    /// Returns the periods in which a person may have reached the daily limit. Counts every request that was sent, whether
    /// it arrived or not.
    private func fullDays(_ person: String) -> [(Instant, Instant)] {
        guard let limit = world.scenario.dailyLimit else { return [] }
        let times = world.launches.filter { $0.summary.recipient == person }.map(\.clock).sorted()
        return zip(times, times.dropFirst(limit - 1)).compactMap { first, last in
            last < first + .days(1) ? (last, first + .days(1)) : nil
        }
    }

    /// Returns the quiet hours, 21:30 to 08:00 at UTC+7.
    func nights(from: Instant, until: Instant) -> [(Instant, Instant)] {
        let day: Int64 = 86_400_000
        let offset: Int64 = 7 * 3_600_000
        let first = (from.milliseconds + offset) / day - 1
        let last = (until.milliseconds + offset) / day
        return (first...last).map { number in
            let start = Instant(milliseconds: number * day - offset) + .minutes(21 * 60 + 30)
            return (start, start + .minutes(10 * 60 + 30))
        }
    }
}
