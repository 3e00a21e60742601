package import Channels
package import DripCore
package import Logging
import Synchronization

/// The platform's reports on a page apart from send outcomes: the used call allowance, policy enforcement and dead tokens. Each
/// report changes the page's limiter and is logged once.
package final class AccountStatusUpdates: Sendable {
    private let limiters: LimiterTable
    private let clock: any WallClock
    private let log: DispatchLog
    private let slowed = Mutex<Set<String>>([])

    /// The usage from which down a slowed page is logged as fast again. The distance to `Usage.slowed` avoids a line for each
    /// message around the mark.
    private static let recovered = Usage.slowed - 10

    package init(limiters: LimiterTable, clock: any WallClock, logger: Logger) {
        self.limiters = limiters
        self.clock = clock
        log = DispatchLog(logger: logger)
    }

    package func noteUsage(_ usage: Usage, page: String) {
        let now = clock.now()
        change(page) { $0.note(usage, now: now) }
        let isNews = slowed.withLock { slowed in
            usage.percent >= Usage.slowed
                ? slowed.insert(page).inserted
                : usage.percent <= Self.recovered && slowed.remove(page) != nil
        }
        if isNews { log.pace(of: page, usage) }
    }

    package func policyChanged(_ notice: PolicyNotice) {
        let now = clock.now()
        change(notice.page) { limiter in
            if notice.isOver { limiter.unrestrict() } else { limiter.restrict(notice.description, now: now) }
        }
    }

    /// Stops a page whose token a call other than a message has shown to be dead. The next message may be days away.
    package func tokenRefused(of page: String, why: String) {
        change(page) { $0.stop(why) }
    }

    private func change(_ page: String, _ body: (inout Limiter) -> Void) {
        let limiters = limiters.change(page: page) { limiter in
            let before = limiter
            body(&limiter)
            return (before, limiter)
        }
        if let (before, after) = limiters { log.limiterChanged(before, after) }
    }
}
