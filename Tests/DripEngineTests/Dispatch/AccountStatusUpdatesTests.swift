import DripCore
import Logging
import TestSupport
import Testing

@testable import Channels
@testable import DripEngine

/// What the platform says of a page beside the answers to its messages.
@Suite struct AccountStatusUpdatesTests {
    private let recorder = Recorder()
    private let clock = ManualClock(.start)
    private let limiters = LimiterTable([
        Limiter(id: AccountID(rawValue: 1), channel: .messenger, page: "1", perSecond: 10, rates: .tested)
    ])
    private var account: Limiter? { limiters.all.first }

    private var updates: AccountStatusUpdates {
        AccountStatusUpdates(limiters: limiters, clock: clock, logger: Logger(recordingInto: recorder))
    }

    @Test func `an allowance that runs out slows the page, and is said once`() {
        let updates = updates
        for percent in [70, 76, 74, 77, 66, 80, 65, 74, 60] {
            updates.noteUsage(Usage(percent: percent, regainAfter: nil), page: "1")
        }
        #expect(
            recorder.all == [
                "warning the page's call allowance is running out: it sends more slowly page=1 used=76 %",
                "notice the page's call allowance has recovered: it sends at its full rate page=1 used=65 %",
            ]
        )
        updates.noteUsage(Usage(percent: 85, regainAfter: nil), page: "1")
        #expect(account?.state(at: .start) == .slowed)
        updates.noteUsage(Usage(percent: 100, regainAfter: nil), page: "nobody's")
        #expect(account?.state(at: .start) == .slowed)
    }

    @Test func `an allowance that is used up pauses the page, and is said once`() {
        let updates = updates
        for _ in 0..<3 { updates.noteUsage(Usage(percent: 98, regainAfter: .minutes(3)), page: "1") }
        #expect(account?.pausedUntil == .start + .minutes(3))
        #expect(
            recorder.all == [
                "warning the page pauses page=1 reason=98 % of the platform's call allowance is used up",
                "warning the page's call allowance is running out: it sends more slowly page=1 used=98 %",
            ]
        )
    }

    @Test func `a token that anything has shown to be dead stops the page at once, and is said once`() async {
        let updates = updates
        let ready = ReadinessCheck.pages { [limiters] in (limiters.all, .start) }
        #expect(await ready.obstacles() == [])
        for _ in 0..<3 { updates.tokenRefused(of: "1", why: "190/463 Session has expired") }
        updates.tokenRefused(of: "another", why: "190")
        #expect(account?.state(at: .start) == .stopped)
        #expect(await ready.obstacles() == ["page 1 is stopped: 190/463 Session has expired"])
        #expect(
            recorder.all.map { $0.prefix { $0 != "=" } } == [
                "error the page may not send any more; renew its token or its rights, then `systemctl restart dripd` page"
            ],
            "\(recorder.all)"
        )
        limiters.restart()
        #expect(await ready.obstacles() == [])
    }

    @Test func `a block pauses the page and alarms the operator, an unblock ends it`() throws {
        let updates = updates
        updates.policyChanged(try notice(#"{"action":"block","reason":"spam"}"#))
        clock.advance(by: .minutes(1))
        updates.policyChanged(try notice(#"{"action":"warning"}"#))
        #expect(account?.restricted == "policy enforcement: block: spam")
        #expect(account?.pausedUntil == .start + .minutes(30))
        updates.policyChanged(try notice(#"{"action":"unblock"}"#))
        #expect(account?.state(at: .start) == .open)
        #expect(
            recorder.all == [
                "error the platform has restricted the page: it pauses, and one message at a time tests whether it "
                    + "may send again; check its Page Support Inbox page=1 reason=policy enforcement: block: spam",
                "notice the page sends again page=1",
            ]
        )
    }

    private func notice(_ object: String) throws -> PolicyNotice {
        let event = Event(
            channel: .messenger,
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
