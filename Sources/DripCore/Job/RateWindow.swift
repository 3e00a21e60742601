/// A rate limit that holds in every window, not just on average, and at the receiver: at most `limit` requests arrive
/// in any one window.
///
/// A request arrives at some moment between its start and its answer, so it holds a slot from its start until one
/// window after its answer. Whatever the network delays, two requests that arrive within one window both held a slot
/// when the later one started. The price is the time that answers take: 40 a second become 36 if an answer takes 100
/// ms.
package struct RateWindow: Sendable {
    package let limit: Int
    private let window: Milliseconds
    /// Requests that have started and have no answer yet.
    private var unanswered = 0
    /// The times of the last `limit` answers, as a ring buffer.
    private var sends: [Instant] = []
    private var oldest = 0

    /// - Precondition: `limit` and `window` are positive.
    package init(_ limit: Int, per window: Milliseconds) {
        precondition(limit > 0 && window > .zero)
        self.limit = limit
        self.window = window
    }

    package init(perSecond limit: Int) {
        self.init(limit, per: .seconds(1))
    }

    /// Returns how many requests may start at `now`. If the clock was set back, answers in its future count as given
    /// now.
    /// - Parameter share: the share of the limit to use, above 0 and up to 1.
    package mutating func allowance(at now: Instant, share: Double = 1) -> Int {
        for index in sends.indices where sends[index] > now { sends[index] = now }
        let (limit, window) = shared(share)
        return max(limit - unanswered - sends.count { now - $0 < window }, 0)
    }

    /// Returns when the next request may start: `now` if at once, nil if an answer has to come first.
    package func next(at now: Instant, share: Double = 1) -> Instant? {
        let (limit, window) = shared(share)
        let places = limit - unanswered
        guard places > 0 else { return nil }
        guard sends.count >= places else { return now }
        return max(now, min(sends[(oldest + sends.count - places) % sends.count], now) + window)
    }

    /// Returns when the request after `ahead` others may start, if those start as soon as possible and are answered at
    /// once; `now` if it may start at once.
    package func turn(_ ahead: Int, at now: Instant) -> Instant {
        // Free slots are used now, before anything has to wait.
        let answered = sends.map { min($0, now) }.filter { now - $0 < window }.sorted()
        let recent = (answered + Array(repeating: now, count: unanswered)).suffix(limit).map(\.self)
        let free = limit - recent.count
        guard ahead >= free else { return now }
        let waiting = ahead - free
        let predecessor = waiting % limit < recent.count ? recent[waiting % limit] : now
        return predecessor + Milliseconds(window.milliseconds * Int64(1 + waiting / limit))
    }

    /// Records that `count` requests start.
    package mutating func start(_ count: Int) {
        unanswered += count
    }

    /// Records the answer to a request, or that none will come.
    package mutating func end(at now: Instant) {
        unanswered = max(unanswered - 1, 0)
        spend(1, at: now)
    }

    /// Records that `count` requests were sent and answered at `now`.
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

    /// Returns a share of the limit: a whole number of requests, in a window that is longer accordingly.
    private func shared(_ share: Double) -> (limit: Int, window: Milliseconds) {
        guard share < 1 else { return (limit, window) }
        let exact = Double(limit) * share
        let whole = max(Int(exact), 1)
        return (whole, Milliseconds(Int64((Double(window.milliseconds) * Double(whole) / exact).rounded(.up))))
    }
}

/// The limits per kind of message during one pass over a page's jobs: how many of each kind may be sent now, and when
/// the rest may.
package struct KindLimiter: Sendable {
    private let now: Instant
    private let rates: [SendKind: RateWindow]
    /// The number of turns taken, by kind.
    private var asked: [SendKind: Int] = [:]

    /// - Parameter rates: a kind without an entry has no limit of its own.
    package init(_ rates: [SendKind: RateWindow], at now: Instant) {
        self.now = now
        self.rates = rates
    }

    /// Takes the next turn of a kind.
    /// - Returns: when that turn is; `now` if at once.
    package mutating func take(_ kind: SendKind) -> Instant {
        guard let rate = rates[kind] else { return now }
        defer { asked[kind, default: 0] += 1 }
        return rate.turn(asked[kind, default: 0], at: now)
    }
}

/// The used share of the call allowance of a page or the app, as the platform reports it with its answers.
package struct Usage: Hashable, Sendable {
    /// The percentage of calls, time or processor time, whichever is nearest to its limit.
    package let percent: Int
    /// The time until the platform takes calls again, if it says so.
    package let regainAfter: Milliseconds?

    package init(percent: Int, regainAfter: Milliseconds?) {
        self.percent = percent
        self.regainAfter = regainAfter
    }

    /// The percentage from which on the account slows down.
    package static let slowed = 75
    /// The percentage from which on the account pauses: "continuing to make calls will continue to increase your call
    /// count" (Graph API, "Rate Limits"). The platform itself stops at 100.
    package static let stopped = 95

    /// The time for which a report is valid. It covers an hour, but an answer without one means that little is used.
    package static let lasts = Milliseconds.minutes(5)

    /// The share of the rate to use: 1 below `slowed`, then falling linearly; nil from `stopped` on.
    package var share: Double? {
        if percent < Self.slowed { return 1 }
        if percent >= Self.stopped { return nil }
        return Double(Self.stopped - percent) / Double(Self.stopped - Self.slowed)
    }
}
