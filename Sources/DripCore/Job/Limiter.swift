/// The rate and circuit breaker of one account. A value: the dispatcher queries it and reports to it.
package struct Limiter: Sendable {
    package enum State: String, CaseIterable, Sendable {
        case open
        /// The platform's call allowance is running out.
        case slowed
        /// Paused until a time. After it, one message at a time probes whether the problem is over.
        case paused
        /// Paused because the platform forbade the page to send.
        case restricted
        /// Stopped until an operator acts.
        case stopped
    }

    package let id: AccountID
    package let channel: ChannelName
    /// The channel's id of the account, for display.
    package let page: String
    private var rate: RateWindow
    private var kinds: [SendKind: RateWindow]
    package var perSecond: Int { rate.limit }
    private(set) package var pausedUntil: Instant?
    private(set) package var stopped: String?
    private(set) package var lastTrouble: String?
    /// The reason why the platform has temporarily forbidden the page to send; nil if it has not.
    private(set) package var restricted: String?
    /// The reason why the page's paid messages are stopped; nil if they are not, or if none has been tried.
    private(set) package var accountStopped: String?
    private var accountPausedUntil: Instant?
    private var troubles = 0
    private var restrictions = 0
    private var exhaustions = 0
    private var lastUsage: (usage: Usage, at: Instant)?
    private var inFlight = 0
    /// The account sends nothing until then, unless it catches up earlier with messages received while dripd was down.
    private var catchesUpUntil: Instant?
    /// Whether each of the last messages was permanently refused.
    private var lastRefused: [Bool] = []
    private static let watched = 20

    /// - Parameter rates: the limits of the channel's platform.
    package init(id: AccountID, channel: ChannelName, page: String, perSecond: Int, rates: SendRates = SendRates()) {
        self.id = id
        self.channel = channel
        self.page = page
        rate = RateWindow(perSecond: perSecond)
        kinds = [.media: RateWindow(perSecond: Self.mediaPerSecond(of: perSecond, rates))]
        if let most = rates.privateRepliesPerHour { kinds[.privateReply] = RateWindow(most, per: .hours(1)) }
    }

    /// Marks the first window as used up. A process that ended a moment ago may have sent that much, and its requests
    /// may still be under way.
    package mutating func waitForFirstWindow(at now: Instant) {
        rate.spend(rate.limit, at: now)
    }

    /// Records private replies of earlier processes: the platform's hour continues over a restart.
    package mutating func restorePrivateReplies(at moments: [Instant]) {
        for moment in moments.sorted() { kinds[.privateReply]?.spend(1, at: moment) }
    }

    /// Returns the media rate. It is below the full rate, so that other messages can pass a thousand videos.
    private static func mediaPerSecond(of perSecond: Int, _ rates: SendRates) -> Int {
        guard let most = rates.mediaPerSecond, perSecond <= rates.perSecond ?? .max else { return perSecond }
        return min(most, max(perSecond * 3 / 4, 1))
    }

    /// Returns how many messages may be sent at `now`. After a problem, it probes with one message at a time.
    package mutating func allowance(at now: Instant) -> Int {
        guard stopped == nil, !isPaused(at: now), !isCatchingUp(at: now) else { return 0 }
        let allowed = rate.allowance(at: now, share: share(at: now))
        return isProbing ? min(1 - min(inFlight, 1), allowed) : allowed
    }

    /// Returns when the next message may be sent; nil while the account is stopped, or while a probe has no outcome
    /// yet.
    package func next(at now: Instant) -> Instant? {
        guard stopped == nil, !isProbing || inFlight == 0 else { return nil }
        return rate.next(at: now, share: share(at: now)).map {
            max($0, pausedUntil ?? now, catchesUpUntil ?? now)
        }
    }

    /// Holds all messages until the account has caught up: messages received while dripd was down decide about the jobs
    /// that fell due meanwhile.
    package mutating func beginCatchingUp(until latest: Instant) {
        catchesUpUntil = latest
    }

    /// Ends the hold of `beginCatchingUp`.
    /// - Returns: whether the hold was still in force.
    package mutating func endCatchingUp(at now: Instant) -> Bool {
        defer { catchesUpUntil = nil }
        return isCatchingUp(at: now)
    }

    package func isCatchingUp(at now: Instant) -> Bool {
        catchingUpUntil(at: now) != nil
    }

    /// Returns the latest end of the hold; nil if there is none.
    package func catchingUpUntil(at now: Instant) -> Instant? {
        catchesUpUntil.flatMap { now < $0 ? $0 : nil }
    }

    /// Returns the limits per kind of message, for one pass over the due jobs.
    package func turns(at now: Instant) -> KindLimiter {
        KindLimiter(kinds, at: now)
    }

    /// Returns the platform's last usage report; nil once it is outdated.
    package func usage(at now: Instant) -> Usage? {
        lastUsage.flatMap { now - $0.at < Usage.lasts ? $0.usage : nil }
    }

    /// An account that used up its allowance continues at the slowest pace until the platform reports less usage or the
    /// report is outdated.
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

    /// Records that `count` requests are under way.
    package mutating func sent(_ count: Int, of kind: SendKind = .text) {
        rate.start(count)
        kinds[kind]?.start(count)
        inFlight += count
    }

    /// Records calls that are not messages but count against the rate, such as typing indicators. Their results say
    /// nothing about the account.
    package mutating func recordOtherCalls(_ count: Int, at now: Instant) {
        rate.spend(count, at: now)
    }

    /// Records the end of one request and its effect on the account.
    /// - Parameter jitter: from 0 up to 1; evaluated only if something waits.
    package mutating func ended(
        _ effect: Settlement.LimiterEffect?,
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
            // A request that was under way when the pause began does not prove that the page may send again.
            if !isPaused(at: now) { endPause() }
            note(refused: nil)
        case .refused(let why):
            if !isPaused(at: now) { endPause() }
            note(refused: why)
        case .trouble(let why):
            // Requests that were under way together fail together. They count as one failure.
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
            // Messages that were under way together count as one.
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

    /// Returns why a message need not be tried now; nil if it should be. One message at a time probes whether the ad
    /// account may send again.
    package mutating func reasonNotToTry(_ recipient: Recipient, at now: Instant) -> String? {
        guard case .marketing = recipient, let accountStopped else { return nil }
        if isAccountPaused(at: now) { return "ad account \(accountStopped)" }
        accountPausedUntil = now + Backoff.account
        return nil
    }

    /// Stops the account if most of its messages are refused: all of them may share a mistake, or the platform may have
    /// changed. Stopping keeps everyone else's steps from failing, too.
    private mutating func note(refused why: String?) {
        lastRefused = lastRefused.suffix(Self.watched - 1) + [why != nil]
        let count = lastRefused.count { $0 }
        if let why, lastRefused.count == Self.watched, count > Self.watched / 2 {
            stopped = "\(count) of the last \(Self.watched) messages were refused for good, the last one: \(why)"
        }
    }

    /// Records the platform's usage report. Near the end of its allowance, the account pauses before it is refused.
    package mutating func note(_ usage: Usage, now: Instant) {
        lastUsage = (usage, now)
        if usage.share == nil {
            let why = "\(usage.percent) % of the platform's call allowance is used up"
            useUp(why, regainAfter: usage.regainAfter, now: now)
        }
    }

    private mutating func useUp(_ why: String, regainAfter: Milliseconds?, now: Instant) {
        // Requests that were under way together count as one, unless the platform now asks for a longer wait.
        if isPaused(at: now) {
            if let regainAfter { pausedUntil = pausedUntil.map { max($0, now + regainAfter) } }
            return
        }
        exhaustions += 1
        lastTrouble = why
        pausedUntil = now + (regainAfter ?? Backoff.allowance(after: exhaustions))
    }

    /// Records that the platform has forbidden the page to send. The pause grows each time a message is refused for it.
    package mutating func restrict(_ why: String, now: Instant) {
        if restricted != nil, isPaused(at: now) { return }
        restrictions += 1
        restricted = why
        lastTrouble = why
        pausedUntil = max(pausedUntil ?? now, now + Backoff.restriction(after: restrictions))
    }

    /// Records that the platform allows the page to send again.
    package mutating func unrestrict() {
        if restricted != nil { endPause() }
    }

    /// Stops the account when something other than a message has shown that its token is invalid.
    package mutating func stop(_ why: String) {
        if stopped == nil { stopped = why }
    }

    /// Lifts all stops and pauses after an operator has acted.
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
