package import Channels
package import DripCore
package import Logging
import Synchronization

/// What the platform says of a page beside the answers to its messages: how much of its allowance is used up, and that its
/// messages break a policy. Changes the page's lane, and tells the operator once.
package final class PageNews: Sendable {
    private let lanes: LaneTable
    private let clock: any WallClock
    private let log: DispatchLog
    private let slowed = Mutex<Set<String>>([])

    /// Said to be slow, a page is said to be at its full rate again from here down: not at each message around the mark.
    private static let recovered = Usage.slowed - 10

    package init(lanes: LaneTable, clock: any WallClock, logger: Logger) {
        self.lanes = lanes
        self.clock = clock
        log = DispatchLog(logger: logger)
    }

    package func used(_ usage: Usage, page: String) {
        let now = clock.now()
        change(page) { $0.note(usage, now: now) }
        let isNews = slowed.withLock { slowed in
            usage.percent >= Usage.slowed
                ? slowed.insert(page).inserted
                : usage.percent <= Self.recovered && slowed.remove(page) != nil
        }
        if isNews { log.pace(of: page, usage) }
    }

    package func heard(_ notice: PolicyNotice) {
        let now = clock.now()
        change(notice.page) { lane in
            if notice.isOver { lane.unrestrict() } else { lane.restrict(notice.description, now: now) }
        }
    }

    /// Something else than a message, which may be days away, has shown that the page's token is dead.
    package func tokenRefused(of page: String, why: String) {
        change(page) { $0.stop(why) }
    }

    private func change(_ page: String, _ body: (inout Lane) -> Void) {
        let lanes = lanes.change(page: page) { lane in
            let before = lane
            body(&lane)
            return (before, lane)
        }
        if let (before, after) = lanes { log.laneChanged(before, after) }
    }
}
