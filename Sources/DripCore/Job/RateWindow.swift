/// A rate limit that holds in every window, not just on the average: at most `limit` sends in any second.
package struct RateWindow: Sendable {
    package let limit: Int
    /// The moments of the last `limit` sends, as a ring.
    private var sends: [Instant] = []
    private var oldest = 0

    private static let window = Span.seconds(1)

    /// - Precondition: `limit` is positive.
    package init(perSecond limit: Int) {
        precondition(limit > 0)
        self.limit = limit
    }

    /// How many may be sent at `now`. A clock that was set back counts the sends of its future as made now.
    package mutating func allowance(at now: Instant) -> Int {
        for index in sends.indices where sends[index] > now { sends[index] = now }
        return limit - sends.count { now - $0 < Self.window }
    }

    /// When the next one may be sent; `now` if that is now.
    package func next(at now: Instant) -> Instant {
        guard sends.count == limit else { return now }
        return max(now, min(sends[oldest], now) + Self.window)
    }

    /// Notes that `count` were sent at `now`.
    package mutating func spend(_ count: Int, at now: Instant) {
        for _ in 0..<min(count, limit) {
            if sends.count < limit {
                sends.append(now)
            } else {
                sends[oldest] = now
                oldest = (oldest + 1) % limit
            }
        }
    }
}
