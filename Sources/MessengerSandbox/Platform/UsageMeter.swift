/// Counts the calls of the last 24 hours, by the minute. Refused calls count too.
/// https://developers.facebook.com/docs/graph-api/overview/rate-limiting
struct UsageMeter: Sendable {
    private static let minute: Int64 = 60 * 1000
    private static let minutesPerDay: Int64 = 24 * 60

    /// Oldest first, those without calls left out.
    private var minutes: [(minute: Int64, calls: Int)] = []
    private(set) var calls = 0

    mutating func count(at now: Int64) {
        let minute = now / Self.minute
        let old = minutes.prefix { $0.minute <= minute - Self.minutesPerDay }
        calls += 1 - old.reduce(0) { $0 + $1.calls }
        minutes.removeFirst(old.count)
        if let last = minutes.indices.last, minutes[last].minute == minute {
            minutes[last].calls += 1
        } else {
            minutes.append((minute, 1))
        }
    }

    /// After how many minutes at most `budget` calls are left of the last 24 hours; 0 when they are not more now.
    func minutesUntil(_ budget: Int, at now: Int64) -> Int64 {
        var excess = calls - budget
        for (minute, calls) in minutes where excess > 0 {
            excess -= calls
            if excess <= 0 { return max(1, minute + Self.minutesPerDay - now / Self.minute) }
        }
        return 0
    }
}
