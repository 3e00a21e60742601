/// A rate limit that holds in every window, not just on the average: at most `limit` sends in any second, or other span.
package struct RateWindow: Sendable {
    package let limit: Int
    private let window: Span
    /// The moments of the last `limit` sends, as a ring.
    private var sends: [Instant] = []
    private var oldest = 0

    /// - Precondition: `limit` and `window` are positive.
    package init(_ limit: Int, per window: Span) {
        precondition(limit > 0 && window > .zero)
        self.limit = limit
        self.window = window
    }

    package init(perSecond limit: Int) {
        self.init(limit, per: .seconds(1))
    }

    /// How many may be sent at `now`. A clock that was set back counts the sends of its future as made now.
    /// - Parameter share: of the limit, above 0 and up to 1.
    package mutating func allowance(at now: Instant, share: Double = 1) -> Int {
        for index in sends.indices where sends[index] > now { sends[index] = now }
        let (limit, window) = shared(share)
        return max(limit - sends.count { now - $0 < window }, 0)
    }

    /// When the next one may be sent; `now` if that is now.
    package func next(at now: Instant, share: Double = 1) -> Instant {
        let (limit, window) = shared(share)
        guard sends.count >= limit else { return now }
        return max(now, min(sends[(oldest + sends.count - limit) % sends.count], now) + window)
    }

    /// When the one behind `ahead` others may be sent, if those go as soon as they may; `now` if that is now.
    package func turn(_ ahead: Int, at now: Instant) -> Instant {
        // What has not been used yet goes now, before everything that waits.
        let recent = sends.map { min($0, now) }.filter { now - $0 < window }.sorted()
        let free = limit - recent.count
        guard ahead >= free else { return now }
        let waiting = ahead - free
        let predecessor = waiting % limit < recent.count ? recent[waiting % limit] : now
        return predecessor + Span(milliseconds: window.milliseconds * Int64(1 + waiting / limit))
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

    /// A share of the limit: whole sends, in a window that is as much longer.
    private func shared(_ share: Double) -> (limit: Int, window: Span) {
        guard share < 1 else { return (limit, window) }
        let exact = Double(limit) * share
        let whole = max(Int(exact), 1)
        return (whole, Span(milliseconds: Int64((Double(window.milliseconds) * Double(whole) / exact).rounded(.up))))
    }
}
