/// Counts the calls of the last 24 hours per minute. Refused calls count too.
/// https://developers.facebook.com/docs/graph-api/overview/rate-limiting
struct UsageMeter: Sendable {
    private static let minute: Int64 = 60 * 1000
    private static let minutesPerDay: Int64 = 24 * 60

    /// Oldest first, without the minutes that had no calls.
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

    /// Returns the minutes until the calls of the last 24 hours are down to `budget`; 0 if they already are.
    func minutesUntil(_ budget: Int, at now: Int64) -> Int64 {
        var excess = calls - budget
        for (minute, calls) in minutes where excess > 0 {
            excess -= calls
            if excess <= 0 { return max(1, minute + Self.minutesPerDay - now / Self.minute) }
        }
        return 0
    }
}

/// Counts the calls in a sliding window, such as a second or an hour, by its callers' clock. Refused calls count too, as
/// on the platform: "Continuing to make calls will continue to increase your call count"
/// (https://developers.facebook.com/docs/graph-api/overview/rate-limiting).
struct RateMeter: Sendable {
    static let second: Int64 = 1000
    static let hour: Int64 = 60 * 60 * 1000

    let limit: Int
    let windowMilliseconds: Int64
    /// The times of the newest calls, at most `limit` of them; milliseconds since 1970.
    private var times: [Int64] = []

    init(limit: Int, per windowMilliseconds: Int64 = RateMeter.second) {
        self.limit = limit
        self.windowMilliseconds = windowMilliseconds
    }

    /// Counts a call at `now`. Returns false if it exceeds the limit.
    mutating func admits(at now: Int64) -> Bool {
        times.removeAll { $0 <= now - windowMilliseconds }
        let admitted = times.count < limit
        if !admitted { times.removeFirst() }
        times.append(now)
        return admitted
    }
}
