/// The state of a lane: its rate, and whether it may send at all. A value: the dispatcher asks it and tells it.
package struct Lane: Sendable {
    package enum State: String, CaseIterable, Sendable {
        case open
        /// The platform's allowance of calls runs out.
        case slowed
        /// Until a time; then one message at a time finds out whether it is over.
        case paused
        /// Paused, since the platform forbade the page to send.
        case restricted
        /// Until an operator acts.
        case stopped
    }

    package let id: LaneID
    /// The page's address, for people to read.
    package let page: String
    private var rate: RateWindow
    private var kinds: [SendKind: RateWindow]
    package var perSecond: Int { rate.limit }
    private(set) package var pausedUntil: Instant?
    private(set) package var stopped: String?
    private(set) package var lastTrouble: String?
    /// Why the platform has forbidden the page to send for a time; nil when it has not.
    private(set) package var restricted: String?
    /// Why the page's paid messages do not go out; nil where they do, or nobody has found out.
    private(set) package var accountStopped: String?
    private var accountPausedUntil: Instant?
    private var troubles = 0
    private var restrictions = 0
    private var exhaustions = 0
    private var lastUsage: (usage: Usage, at: Instant)?
    private var inFlight = 0
    /// Until then it sends nothing, unless it has caught up earlier with what was written while dripd was down.
    private var catchesUpUntil: Instant?
    /// Of the last messages whether each was refused for good.
    private var lastRefused: [Bool] = []
    private static let watched = 20

    package init(id: LaneID, page: String, perSecond: Int) {
        self.id = id
        self.page = page
        rate = RateWindow(perSecond: perSecond)
        kinds = [
            .media: RateWindow(perSecond: Self.mediaPerSecond(of: perSecond)),
            .privateReply: RateWindow(MessengerLimits.privateRepliesPerHour, per: .hours(1)),
        ]
    }

    /// Counts the rate's first window as used up: a process that ended a moment ago may have sent that much, and what it sent may
    /// still be on its way.
    package mutating func waitForFirstWindow(at now: Instant) {
        rate.spend(rate.limit, at: now)
    }

    /// Notes private replies of earlier processes: the platform's hour goes on over a restart.
    package mutating func repliedBefore(at moments: [Instant]) {
        for moment in moments.sorted() { kinds[.privateReply]?.spend(1, at: moment) }
    }

    /// Never all that the page may send: what is behind a thousand videos and is none goes past them.
    private static func mediaPerSecond(of perSecond: Int) -> Int {
        // Faster than the platform allows is a test server, which has no such limit.
        if perSecond > MessengerLimits.messagesPerSecond { return perSecond }
        return min(MessengerLimits.mediaPerSecond, max(perSecond * 3 / 4, 1))
    }

    /// How many may be sent at `now`. While the page is in trouble, one at a time finds out whether it is over.
    package mutating func allowance(at now: Instant) -> Int {
        guard stopped == nil, !isPaused(at: now), !isCatchingUp(at: now) else { return 0 }
        let allowed = rate.allowance(at: now, share: share(at: now))
        return isProbing ? min(1 - min(inFlight, 1), allowed) : allowed
    }

    /// When it may send next; nil while it is stopped, or while an outcome has to come first.
    package func next(at now: Instant) -> Instant? {
        guard stopped == nil, !isProbing || inFlight == 0 else { return nil }
        return rate.next(at: now, share: share(at: now)).map {
            max($0, pausedUntil ?? now, catchesUpUntil ?? now)
        }
    }

    /// Holds back everything until the account has caught up: what people wrote while dripd was down decides over what fell
    /// due meanwhile.
    package mutating func beginCatchingUp(until latest: Instant) {
        catchesUpUntil = latest
    }

    /// - Returns: whether it had not ended before, by itself.
    package mutating func endCatchingUp(at now: Instant) -> Bool {
        defer { catchesUpUntil = nil }
        return isCatchingUp(at: now)
    }

    package func isCatchingUp(at now: Instant) -> Bool {
        catchingUpUntil(at: now) != nil
    }

    /// When it sends again at the latest; nil while it is not held.
    package func catchingUpUntil(at now: Instant) -> Instant? {
        catchesUpUntil.flatMap { now < $0 ? $0 : nil }
    }

    /// Whose turn it is among what is due, by kind.
    package func turns(at now: Instant) -> SendTurns {
        SendTurns(kinds, at: now)
    }

    /// What the platform last said of the page's allowance, as long as that means anything.
    package func usage(at now: Instant) -> Usage? {
        lastUsage.flatMap { now - $0.at < Usage.lasts ? $0.usage : nil }
    }

    /// What had used up everything goes on at the slowest pace, until the platform says better or nothing any more.
    private func share(at now: Instant) -> Double {
        guard let usage = usage(at: now) else { return 1 }
        return usage.share ?? Usage(percent: Usage.stopped - 1, regainAfter: nil).share ?? 1
    }

    package func isPaused(at now: Instant) -> Bool {
        pausedUntil.map { $0 > now } ?? false
    }

    package func state(at now: Instant) -> State {
        if stopped != nil { return .stopped }
        if restricted != nil { return .restricted }
        if pausedUntil != nil { return .paused }
        return share(at: now) < 1 ? .slowed : .open
    }

    private var isProbing: Bool { troubles + restrictions + exhaustions > 0 }

    /// Notes that `count` requests are on their way.
    package mutating func sent(_ count: Int, of kind: SendKind = .text) {
        rate.start(count)
        kinds[kind]?.start(count)
        inFlight += count
    }

    /// Notes calls that are no messages and count as such: that a person was shown that the page writes, for one. They say
    /// nothing of the page.
    package mutating func showed(_ count: Int, at now: Instant) {
        rate.spend(count, at: now)
    }

    /// Notes the end of one request, and what it says about the page.
    /// - Parameter jitter: from 0 up to 1; asked for only where something waits.
    package mutating func ended(
        _ effect: Settlement.LaneEffect?,
        of kind: SendKind = .text,
        now: Instant,
        jitter: @autoclosure () -> Double
    ) {
        inFlight -= 1
        rate.end(at: now)
        kinds[kind]?.end(at: now)
        switch effect {
        case nil: break
        case .works, .accountWorks:
            if effect == .accountWorks { restartAccount() }
            // It was under way when the pause began: a page that may not send yet proves nothing by it.
            if !isPaused(at: now) { endPause() }
            note(refused: nil)
        case .refused(let why):
            if !isPaused(at: now) { endPause() }
            note(refused: why)
        case .trouble(let why):
            // Requests that were under way together fail together: that is one trouble, not many.
            if isPaused(at: now) { return }
            troubles += 1
            lastTrouble = why
            pausedUntil = now + Backoff.page(after: troubles, jitter: jitter())
        case .usedUp(let why, let regainAfter):
            useUp(why, regainAfter: regainAfter, now: now)
        case .restricted(let why):
            restrict(why, now: now)
        case .stopped(let why):
            stopped = why
        case .accountStopped(let why):
            // Of messages that were under way together one counts.
            if isAccountPaused(at: now) { return }
            accountStopped = why
            accountPausedUntil = now + Backoff.account
        }
    }

    private mutating func restartAccount() {
        accountStopped = nil
        accountPausedUntil = nil
    }

    private func isAccountPaused(at now: Instant) -> Bool {
        accountPausedUntil.map { now < $0 } ?? false
    }

    /// Why a message need not be tried now; nil when it is to be: one at a time finds out whether the ad account may send again.
    package mutating func reasonNotToTry(_ recipient: Recipient, at now: Instant) -> String? {
        guard case .marketing = recipient, let accountStopped else { return nil }
        if isAccountPaused(at: now) { return "ad account \(accountStopped)" }
        accountPausedUntil = now + Backoff.account
        return nil
    }

    /// A page most of whose messages are refused sends something that is wrong with all of them, or has met a change of the
    /// platform that dripd does not know: it stops before everybody's steps have failed.
    private mutating func note(refused why: String?) {
        lastRefused = lastRefused.suffix(Self.watched - 1) + [why != nil]
        let count = lastRefused.count { $0 }
        if let why, lastRefused.count == Self.watched, count > Self.watched / 2 {
            stopped = "\(count) of the last \(Self.watched) messages were refused for good, the last one: \(why)"
        }
    }

    /// Notes what the platform says of the page's allowance: near its end, the page pauses before it is refused.
    package mutating func note(_ usage: Usage, now: Instant) {
        lastUsage = (usage, now)
        if usage.share == nil {
            let why = "\(usage.percent) % of what the platform allows is used up"
            useUp(why, regainAfter: usage.regainAfter, now: now)
        }
    }

    private mutating func useUp(_ why: String, regainAfter: Span?, now: Instant) {
        // Of requests that were under way together one counts, unless the platform now says a longer time.
        if isPaused(at: now) {
            if let regainAfter { pausedUntil = pausedUntil.map { max($0, now + regainAfter) } }
            return
        }
        exhaustions += 1
        lastTrouble = why
        pausedUntil = now + (regainAfter ?? Backoff.allowance(after: exhaustions))
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

    /// Its token is dead, as something else than a message has shown.
    package mutating func stop(_ why: String) {
        if stopped == nil { stopped = why }
    }

    /// An operator acted: the page may try again.
    package mutating func restart() {
        stopped = nil
        restartAccount()
        lastRefused = []
        endPause()
    }

    private mutating func endPause() {
        troubles = 0
        restrictions = 0
        exhaustions = 0
        pausedUntil = nil
        lastTrouble = nil
        restricted = nil
    }
}
