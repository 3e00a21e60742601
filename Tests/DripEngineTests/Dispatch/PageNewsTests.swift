import DripCore
import Logging
import TestSupport
import Testing

@testable import Channels
@testable import DripEngine

/// What the platform says of a page beside the answers to its messages.
@Suite struct PageNewsTests {
    private let recorder = Recorder()
    private let clock = ManualClock(.start)
    private let lanes = LaneTable([Lane(id: LaneID(rawValue: 1), page: "1", perSecond: 10)])
    private var lane: Lane? { lanes.all.first }

    private var news: PageNews { PageNews(lanes: lanes, clock: clock, logger: Logger(recordingInto: recorder)) }

    @Test func `an allowance that runs out slows the page, and is said once`() {
        let news = news
        for percent in [70, 76, 74, 77, 66, 80, 65, 74, 60] {
            news.used(Usage(percent: percent, regainAfter: nil), page: "1")
        }
        #expect(
            recorder.all == [
                "warning the page's allowance of calls runs out: it sends more slowly page=1 used=76 %",
                "notice the page has allowance of calls again: it sends at its full rate page=1 used=65 %",
            ]
        )
        news.used(Usage(percent: 85, regainAfter: nil), page: "1")
        #expect(lane?.state(at: .start) == .slowed)
        news.used(Usage(percent: 100, regainAfter: nil), page: "nobody's")
        #expect(lane?.state(at: .start) == .slowed)
    }

    @Test func `an allowance that is used up pauses the page, and is said once`() {
        let news = news
        for _ in 0..<3 { news.used(Usage(percent: 98, regainAfter: .minutes(3)), page: "1") }
        #expect(lane?.pausedUntil == .start + .minutes(3))
        #expect(
            recorder.all == [
                "warning the page pauses page=1 reason=98 % of what the platform allows is used up",
                "warning the page's allowance of calls runs out: it sends more slowly page=1 used=98 %",
            ]
        )
    }

    @Test func `a token that anything has shown to be dead stops the page at once, and is said once`() async {
        let news = news
        let ready = ReadinessCheck.pages { [lanes] in (lanes.all, .start) }
        #expect(await ready.obstacles() == [])
        for _ in 0..<3 { news.tokenRefused(of: "1", why: "190/463 Session has expired") }
        news.tokenRefused(of: "another", why: "190")
        #expect(lane?.state(at: .start) == .stopped)
        #expect(await ready.obstacles() == ["page 1 is stopped: 190/463 Session has expired"])
        #expect(
            recorder.all.map { $0.prefix { $0 != "=" } } == [
                "error the page may not send any more; renew its token or its rights, then `systemctl restart dripd` page"
            ],
            "\(recorder.all)"
        )
        lanes.restart()
        #expect(await ready.obstacles() == [])
    }

    @Test func `a block pauses the page and alarms the operator, an unblock ends it`() throws {
        let news = news
        news.heard(try notice(#"{"action":"block","reason":"spam"}"#))
        clock.advance(by: .minutes(1))
        news.heard(try notice(#"{"action":"warning"}"#))
        #expect(lane?.restricted == "policy enforcement: block: spam")
        #expect(lane?.pausedUntil == .start + .minutes(30))
        news.heard(try notice(#"{"action":"unblock"}"#))
        #expect(lane?.state(at: .start) == .open)
        #expect(
            recorder.all == [
                "error the platform has restricted the page: it pauses, and one message at a time finds out whether it "
                    + "may send again; look into its Page Support Inbox page=1 reason=policy enforcement: block: spam",
                "notice the page sends again page=1",
            ]
        )
    }

    private func notice(_ object: String) throws -> PolicyNotice {
        let event = Event(
            page: "1",
            person: nil,
            key: "policy_enforcement:1",
            at: nil,
            kind: .other("policy_enforcement"),
            body: #"{"policy_enforcement":\#(object)}"#
        )
        return try #require(PolicyNotice(event))
    }
}
