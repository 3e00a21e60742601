import DripCore
import TestSupport
import Testing

@Suite struct ClockCheckTests {
    private let now = Instant.start
    private let uptime = Milliseconds.minutes(7)

    @Test func `a clock of which nothing else is known is plausible`() {
        #expect(ClockCheck().verdict(now: now, uptime: uptime) == .plausible)
    }

    @Test func `a signed webhook from the future shows that the clock is behind, until it is set`() {
        var check = ClockCheck()
        check.note(reached: now + .hours(6), by: .webhook, uptime: uptime)
        #expect(check.verdict(now: now, uptime: uptime) == .behind(.hours(6), .webhook))
        // Time passes, and the clock stays as far behind.
        let later = Milliseconds.hours(5)
        let laterUptime = Milliseconds.minutes(5 * 60 + 7)
        #expect(check.verdict(now: now + later, uptime: laterUptime) == .behind(.hours(6), .webhook))
        #expect(check.verdict(now: now + .hours(11), uptime: laterUptime) == .plausible)
    }

    @Test func `an old webhook shows nothing`() {
        var check = ClockCheck()
        check.note(reached: now - .days(2), by: .webhook, uptime: uptime)
        #expect(check.verdict(now: now, uptime: uptime) == .plausible)
    }

    @Test func `clocks may differ by a minute`() {
        var check = ClockCheck()
        check.note(reached: now + .minutes(1), by: .webhook, uptime: uptime)
        #expect(check.verdict(now: now, uptime: uptime) == .plausible)
        check.note(reached: now + .seconds(61), by: .webhook, uptime: uptime)
        #expect(check.verdict(now: now, uptime: uptime) == .behind(.seconds(61), .webhook))
    }

    @Test func `the platform's date shows a clock that is behind, and one that is ahead`() {
        var check = ClockCheck()
        check.note(platform: now + .hours(6), uptime: uptime)
        #expect(check.verdict(now: now, uptime: uptime) == .behind(.hours(6), .platform))
        check.note(platform: now - .days(400), uptime: uptime)
        #expect(check.verdict(now: now, uptime: uptime) == .ahead(.seconds(400 * 86_400 - 1)))
        check.note(platform: now, uptime: uptime)
        #expect(check.verdict(now: now, uptime: uptime) == .plausible)
    }

    @Test func `the platform's date outweighs a database that was written by a wrong clock`() {
        var check = ClockCheck()
        check.note(reached: now + .days(400), by: .database, uptime: uptime)
        #expect(check.verdict(now: now, uptime: uptime) == .behind(.days(400), .database))
        check.note(platform: now, uptime: uptime)
        #expect(check.verdict(now: now, uptime: uptime) == .plausible)
        // And a timestamp of its own webhooks that cannot be.
        check.note(reached: now + .days(400), by: .webhook, uptime: uptime)
        #expect(check.verdict(now: now, uptime: uptime) == .plausible)
    }

    @Test(arguments: [Int64.min, -1, 0, 4_102_444_800_001, .max])
    func `a witness that says what cannot be is none`(milliseconds: Int64) {
        var check = ClockCheck()
        check.note(reached: Instant(milliseconds: milliseconds), by: .webhook, uptime: uptime)
        check.note(platform: Instant(milliseconds: milliseconds), uptime: uptime)
        #expect(check.verdict(now: now, uptime: uptime) == .plausible)
    }

    @Test func `while the clock is wrong, the time is what is known of it`() {
        #expect(ClockCheck.Verdict.behind(.hours(6), .webhook).corrected(now) == now + .hours(6))
        #expect(ClockCheck.Verdict.ahead(.hours(6)).corrected(now) == now - .hours(6))
        #expect(ClockCheck.Verdict.plausible.corrected(now) == now)
    }

    @Test func `what is wrong is said with what to do`() {
        #expect(
            ClockCheck.Verdict.behind(.hours(30), .webhook).trouble == """
                the machine's clock is 1 day behind the time of a signed webhook: set the clock (timedatectl); nothing is \
                sent until it is right
                """
        )
        #expect(
            ClockCheck.Verdict.ahead(.seconds(181)).trouble == """
                the machine's clock is 3 min ahead of the platform's: set the clock (timedatectl); nothing is sent until \
                it is right
                """
        )
    }
}
