/// The state of a lane: its rate, and whether it may send at all. A value: the dispatcher asks it and tells it.
package struct Lane: Sendable {
    package let id: LaneID
    /// The page's address, for people to read.
    package let page: String
    private var rate: RateWindow
    package var perSecond: Int { rate.limit }
    private(set) package var pausedUntil: Instant?
    private(set) package var stopped: String?
    private(set) package var lastTrouble: String?
    /// Why the platform has forbidden the page to send for a time; nil when it has not.
    private(set) package var restricted: String?
    private var troubles = 0
    private var restrictions = 0
    private var inFlight = 0

    package init(id: LaneID, page: String, perSecond: Int) {
        self.id = id
        self.page = page
        rate = RateWindow(perSecond: perSecond)
    }

    /// How many may be sent at `now`. While the page is in trouble, one at a time finds out whether it is over.
    package mutating func allowance(at now: Instant) -> Int {
        guard stopped == nil, !isPaused(at: now) else { return 0 }
        let allowed = rate.allowance(at: now)
        return isProbing ? min(1 - min(inFlight, 1), allowed) : allowed
    }

    /// When it may send next; nil while it is stopped, or while an outcome has to come first.
    package func next(at now: Instant) -> Instant? {
        guard stopped == nil, !isProbing || inFlight == 0 else { return nil }
        return max(rate.next(at: now), pausedUntil ?? now)
    }

    package func isPaused(at now: Instant) -> Bool {
        pausedUntil.map { $0 > now } ?? false
    }

    private var isProbing: Bool { troubles > 0 || restrictions > 0 }

    /// Notes that `count` requests are on their way.
    package mutating func sent(_ count: Int, at now: Instant) {
        rate.spend(count, at: now)
        inFlight += count
    }

    /// Notes the end of one request, and what it says about the page.
    /// - Parameter jitter: from 0 up to 1.
    package mutating func ended(_ effect: Settlement.LaneEffect?, now: Instant, jitter: Double) {
        inFlight -= 1
        switch effect {
        case nil: break
        case .works:
            // It was under way when the pause began: a page that may not send yet proves nothing by it.
            if !isPaused(at: now) { endPause() }
        case .trouble(let why, let atLeast):
            // Requests that were under way together fail together: that is one trouble, not many.
            if isPaused(at: now) { return }
            troubles += 1
            lastTrouble = why
            pausedUntil = now + max(Backoff.page(after: troubles, jitter: jitter), atLeast ?? .zero)
        case .restricted(let why):
            restrict(why, now: now)
        case .stopped(let why):
            stopped = why
        }
    }

    /// The platform has forbidden the page to send: pauses longer each time that a message finds it so.
    package mutating func restrict(_ why: String, now: Instant) {
        if restricted != nil, isPaused(at: now) { return }
        restrictions += 1
        restricted = why
        lastTrouble = why
        pausedUntil = max(pausedUntil ?? now, now + Backoff.restriction(after: restrictions))
    }

    /// The platform says that the page may send again.
    package mutating func unrestrict() {
        if restricted != nil { endPause() }
    }

    /// An operator acted: the page may try again.
    package mutating func restart() {
        stopped = nil
        endPause()
    }

    private mutating func endPause() {
        troubles = 0
        restrictions = 0
        pausedUntil = nil
        lastTrouble = nil
        restricted = nil
    }
}
