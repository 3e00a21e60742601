/// A rate limit that holds in every window, not just on the average, and at the receiver: at most `limit` requests arrive in
/// any second, or other span.
///
/// A request arrives at some moment between its start and its answer, so it uses its place from its start until one window
/// after its answer. Whatever the network delays, two requests that arrive within one window have both used a place when the
/// later one started. The price is the time that answers take: 40 a second become 36 where an answer takes 100 ms.
package struct RateWindow: Sendable {
    package let limit: Int
    private let window: Span
    /// Requests that have started, and have no answer yet.
    private var unanswered = 0
    /// The moments of the last `limit` answers, as a ring.
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
        return max(limit - unanswered - sends.count { now - $0 < window }, 0)
    }

    /// When the next one may be sent; `now` if that is now, nil where an answer has to come first.
    package func next(at now: Instant, share: Double = 1) -> Instant? {
        let (limit, window) = shared(share)
        let places = limit - unanswered
        guard places > 0 else { return nil }
        guard sends.count >= places else { return now }
        return max(now, min(sends[(oldest + sends.count - places) % sends.count], now) + window)
    }

    /// When the one after `ahead` others may be sent, if those are sent as soon as possible and answered at once; `now` if that
    /// is now.
    package func turn(_ ahead: Int, at now: Instant) -> Instant {
        // What has not been used yet goes now, before everything that waits.
        let answered = sends.map { min($0, now) }.filter { now - $0 < window }.sorted()
        let recent = (answered + Array(repeating: now, count: unanswered)).suffix(limit).map(\.self)
        let free = limit - recent.count
        guard ahead >= free else { return now }
        let waiting = ahead - free
        let predecessor = waiting % limit < recent.count ? recent[waiting % limit] : now
        return predecessor + Span(milliseconds: window.milliseconds * Int64(1 + waiting / limit))
    }

    /// Notes that `count` requests start.
    package mutating func start(_ count: Int) {
        unanswered += count
    }

    /// Notes the answer of one that had started, or that none comes any more.
    package mutating func end(at now: Instant) {
        unanswered = max(unanswered - 1, 0)
        spend(1, at: now)
    }

    /// Notes that `count` were sent and answered at `now`.
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
