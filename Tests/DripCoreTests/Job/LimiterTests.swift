import DripCore
import TestSupport
import Testing

@Suite struct LimiterTests {
    private let now = Instant.start

    @Test func `it sends at its rate`() {
        var limiter = Limiter.make()
        #expect(limiter.allowed(at: now) == 10)
        limiter.sent(10)
        #expect(limiter.allowed(at: now) == 0)
        #expect(limiter.next(at: now) == nil)
        for _ in 0..<10 { limiter.ended(.works, now: now + Milliseconds(100), jitter: 0.5) }
        #expect(limiter.allowed(at: now + .seconds(1)) == 0)
        #expect(limiter.next(at: now + .seconds(1)) == now + Milliseconds(1100))
        #expect(limiter.allowed(at: now + Milliseconds(1100)) == 10)
    }

    @Test func `it sends nothing until it has caught up, or the time for that is over`() {
        var limiter = Limiter.make()
        limiter.beginCatchingUp(until: now + .minutes(1))
        #expect(limiter.allowed(at: now) == 0)
        #expect(limiter.next(at: now) == now + .minutes(1))
        var other = limiter
        #expect(other.endCatchingUp(at: now + .seconds(2)) == true)
        #expect(other.allowed(at: now + .seconds(2)) == 10)
        #expect(other.endCatchingUp(at: now + .seconds(2)) == false)
        #expect(limiter.allowed(at: now + .minutes(1)) == 10)
        #expect(limiter.endCatchingUp(at: now + .minutes(1)) == false)
    }

    @Test(arguments: 0..<20)
    func `whatever the network delays, no more arrive in any second than the page's rate and its kinds allow`(
        seed: UInt64
    ) {
        var random = SeededRandom(seed: seed)
        var limiter = Limiter(
            id: AccountID(rawValue: 1),
            channel: .messenger,
            page: Event.testPage,
            perSecond: 40,
            rates: .tested
        )
        var waiting = Array(repeating: SendKind.text, count: 400) + Array(repeating: .media, count: 80)
        var answers: [(at: Instant, kind: SendKind)] = []
        var arrivals: [(at: Instant, kind: SendKind)] = []
        var moment = now
        while !waiting.isEmpty {
            for answer in answers where answer.at <= moment {
                limiter.ended(.works, of: answer.kind, now: answer.at, jitter: 0.5)
            }
            answers.removeAll { $0.at <= moment }
            var turns = limiter.turns(at: moment)
            var taken: [Int] = []
            for (index, kind) in waiting.enumerated() where limiter.allowed(at: moment) > 0 {
                guard turns.take(kind) <= moment else { continue }
                limiter.sent(1, of: kind)
                taken.append(index)
                let arrival = moment + Milliseconds(Int64.random(in: 1...300, using: &random))
                arrivals.append((arrival, kind))
                answers.append((arrival + Milliseconds(Int64.random(in: 1...200, using: &random)), kind))
            }
            for index in taken.reversed() { waiting.remove(at: index) }
            moment = moment + Milliseconds(5)
        }
        func most(_ kinds: Set<SendKind>) -> Int {
            let times = arrivals.filter { kinds.contains($0.kind) }.map(\.at).sorted()
            return times.map { first in times.count { $0 >= first && $0 - first < .seconds(1) } }.max() ?? 0
        }
        #expect(most([.text, .media]) <= 40)
        #expect(most([.media]) <= 10)
        // Answers take a quarter of a second on the average: no more than that is lost.
        #expect(moment - now < .seconds(22))
    }

    @Test func `trouble pauses it, and then one message at a time finds out whether it is over`() {
        var limiter = Limiter.make()
        limiter.fail(at: now)
        #expect(limiter.lastTrouble == "timeout")
        #expect(limiter.pausedUntil == now + .seconds(5))
        #expect(limiter.allowed(at: now + .seconds(5) - Milliseconds(1)) == 0)
        #expect(limiter.next(at: now) == now + .seconds(5))
        #expect(limiter.allowed(at: now + .seconds(5)) == 1)

        limiter.sent(1)
        #expect(limiter.allowed(at: now + .seconds(60)) == 0)
        #expect(limiter.next(at: now + .seconds(60)) == nil)

        limiter.ended(.works, now: now + .seconds(6), jitter: 0.5)
        #expect(limiter.allowed(at: now + .seconds(60)) == 10)
        #expect(limiter.pausedUntil == nil)
        #expect(limiter.lastTrouble == nil)
    }

    @Test func `pauses grow from 5 seconds to 10 minutes, and begin anew after a success`() {
        var limiter = Limiter.make()
        var moment = now
        var pauses: [Int64] = []
        for _ in 0..<9 {
            limiter.fail(at: moment)
            let end = limiter.pausedUntil ?? moment
            pauses.append((end - moment).milliseconds / 1000)
            moment = end
        }
        #expect(pauses == [5, 10, 20, 40, 80, 160, 320, 600, 600])
        limiter.sent(1)
        limiter.ended(.works, now: moment, jitter: 0.5)
        limiter.fail(at: moment)
        #expect(limiter.pausedUntil == moment + .seconds(5))
    }

    @Test func `it pauses as long as the platform asks, or a minute, doubling`() {
        var limiter = Limiter.make()
        limiter.sent(1)
        limiter.ended(.usedUp("80006 slow down", regainAfter: .minutes(19)), now: now, jitter: 0.5)
        #expect(limiter.pausedUntil == now + .minutes(19))
        var moment = now + .minutes(19)
        for minutes in [2, 4, 8] as [Int64] {
            #expect(limiter.allowed(at: moment) == 1)
            limiter.sent(1)
            limiter.ended(.usedUp("613 slow down", regainAfter: nil), now: moment, jitter: 0.5)
            #expect(limiter.pausedUntil == moment + .minutes(minutes))
            moment = moment + .minutes(minutes)
        }
        limiter.sent(1)
        limiter.ended(.works, now: moment, jitter: 0.5)
        #expect(limiter.allowed(at: moment + .seconds(1)) == 10)
    }

    @Test func `what was under way together and fails together is one trouble`() {
        var limiter = Limiter.make()
        limiter.sent(3)
        for second in 1...3 {
            limiter.ended(.trouble("timeout"), now: now + .seconds(Int64(second)), jitter: 0.5)
        }
        #expect(limiter.pausedUntil == now + .seconds(6))
    }

    @Test func `what was under way and succeeds does not end the pause that the platform asked for`() {
        var limiter = Limiter.make()
        limiter.sent(2)
        limiter.ended(.usedUp("4 slow down", regainAfter: .minutes(19)), now: now, jitter: 0.5)
        limiter.ended(.works, now: now + Milliseconds(10), jitter: 0.5)
        #expect(limiter.pausedUntil == now + .minutes(19))
        #expect(limiter.allowed(at: now + .seconds(2)) == 0)
        #expect(limiter.allowed(at: now + .minutes(19)) == 1)
    }

    @Test func `a message that is to be tried again leaves a doubtful page doubtful`() {
        var limiter = Limiter.make()
        limiter.fail(at: now)
        limiter.sent(1)
        limiter.ended(nil, now: now + .seconds(6), jitter: 0.5)
        #expect(limiter.allowed(at: now + .seconds(7)) == 1)
    }

    @Test func `stopped, it sends nothing until an operator acts`() {
        var limiter = Limiter.make()
        limiter.sent(1)
        limiter.ended(.stopped("190 Invalid OAuth access token."), now: now, jitter: 0.5)
        #expect(limiter.stopped == "190 Invalid OAuth access token.")
        #expect(limiter.allowed(at: now + .days(30)) == 0)
        #expect(limiter.next(at: now + .days(30)) == nil)
        limiter.restart()
        #expect(limiter.stopped == nil)
        #expect(limiter.allowed(at: now + .seconds(1)) == 10)
    }

    @Test func `restricted, it pauses for half an hour, then finds out by one message, later each time`() {
        var limiter = Limiter.make()
        var moment = now
        var pauses: [Int64] = []
        for _ in 0..<7 {
            #expect(limiter.allowed(at: moment) == (moment == now ? 10 : 1))
            limiter.sent(1)
            limiter.ended(.restricted("10/1893063 no"), now: moment, jitter: 0.5)
            let end = limiter.pausedUntil ?? moment
            pauses.append((end - moment).milliseconds / 60_000)
            moment = end
        }
        #expect(pauses == [30, 60, 120, 240, 480, 720, 720])
        #expect(limiter.restricted == "10/1893063 no")
        limiter.sent(1)
        limiter.ended(.works, now: moment, jitter: 0.5)
        #expect(limiter.restricted == nil)
        #expect(limiter.allowed(at: moment + .seconds(1)) == 10)
    }

    @Test func `a restriction outlasts a shorter pause, and what was under way with it adds nothing`() {
        var limiter = Limiter.make()
        limiter.sent(3)
        limiter.ended(.trouble("timeout"), now: now, jitter: 0.5)
        limiter.ended(.restricted("368 no"), now: now + .seconds(1), jitter: 0.5)
        limiter.ended(.restricted("368 no"), now: now + .seconds(2), jitter: 0.5)
        #expect(limiter.pausedUntil == now + .seconds(1) + .minutes(30))
        #expect(limiter.lastTrouble == "368 no")
    }

    @Test func `the platform lifts a restriction, and no other pause`() {
        var limiter = Limiter.make()
        limiter.restrict("policy: block", now: now)
        #expect(limiter.allowed(at: now + .minutes(29)) == 0)
        limiter.unrestrict()
        #expect(limiter.allowed(at: now + .minutes(1)) == 10)
        limiter.fail(at: now + .minutes(2))
        limiter.unrestrict()
        #expect(limiter.allowed(at: now + .minutes(2) + .seconds(4)) == 0)
    }

    @Test func `it slows down before the platform does`() {
        for (percent, rates) in [
            (0, [10]), (74, [10]), (75, [10]), (76, [9, 9]), (85, [5, 5]), (91, [2, 2]), (94, [1, 0]),
        ] {
            var limiter = Limiter.make()
            limiter.note(Usage(percent: percent, regainAfter: nil), now: now)
            #expect(limiter.allowed(at: now) == rates[0], "\(percent) %")
            for _ in 0..<rates[0] {
                limiter.sent(1)
                limiter.ended(nil, now: now, jitter: 0.5)
            }
            #expect(limiter.allowed(at: now + .seconds(1)) == (rates.count > 1 ? rates[1] : 10), "\(percent) %")
        }
    }

    @Test func `slowed to less than one a second, it waits longer between two`() {
        var limiter = Limiter.make()
        limiter.note(Usage(percent: 94, regainAfter: nil), now: now)
        limiter.sent(1)
        limiter.ended(.works, now: now, jitter: 0.5)
        #expect(limiter.next(at: now) == now + .seconds(2))
        #expect(limiter.allowed(at: now + .seconds(2)) == 1)
    }

    @Test func `its allowance used up, it pauses as long as the platform says, and goes on slowly`() {
        var limiter = Limiter.make()
        limiter.sent(3)
        limiter.note(Usage(percent: 95, regainAfter: .minutes(1)), now: now)
        #expect(limiter.lastTrouble == "95 % of the platform's call allowance is used up")
        limiter.note(Usage(percent: 97, regainAfter: .minutes(2)), now: now)
        limiter.note(Usage(percent: 97, regainAfter: nil), now: now)
        limiter.ended(.works, now: now, jitter: 0.5)
        #expect(limiter.pausedUntil == now + .minutes(2))
        limiter.ended(.works, now: now, jitter: 0.5)
        limiter.ended(.works, now: now, jitter: 0.5)
        let later = now + .minutes(2)
        #expect(limiter.allowed(at: later) == 1)
        limiter.sent(1)
        limiter.ended(.works, now: later + .seconds(1), jitter: 0.5)
        #expect(limiter.lastTrouble == nil)
        #expect(limiter.next(at: later + .seconds(1)) == later + .seconds(3))
        #expect(limiter.usage(at: now + .minutes(4)) == Usage(percent: 97, regainAfter: nil))
        #expect(limiter.usage(at: now + .minutes(5)) == nil)
        #expect(limiter.allowed(at: now + .minutes(5)) == 10)
    }

    @Test func `one paid message finds out whether the ad account lives, and what was not tried says nothing`() {
        var limiter = Limiter.make()
        let paid = Recipient.marketing(token: "t")
        #expect(limiter.reasonNotToTry(paid, at: .start) == nil)
        limiter.sent(1)
        limiter.ended(.accountStopped("190 no"), now: .start, jitter: 0)
        #expect(limiter.reasonNotToTry(paid, at: .start) == "ad account 190 no")
        #expect(limiter.reasonNotToTry(.person("1"), at: .start) == nil)

        let probe = Instant.start + .minutes(30)
        limiter.sent(2)
        #expect(limiter.reasonNotToTry(paid, at: probe) == nil)
        #expect(limiter.reasonNotToTry(paid, at: probe) == "ad account 190 no")
        limiter.ended(.accountWorks, now: probe, jitter: 0)
        limiter.ended(nil, now: probe, jitter: 0)
        #expect(limiter.accountStopped == nil)
    }

    @Test func `most of the last twenty messages refused, it stops until an operator acts`() {
        var limiter = Limiter.make()
        for number in 1...20 {
            limiter.sent(1)
            limiter.ended(number <= 10 ? .refused("100 no") : .works, now: now, jitter: 0.5)
        }
        #expect(limiter.state(at: now) == .open)
        // The oldest ones count no more.
        for _ in 1...10 {
            limiter.sent(1)
            limiter.ended(.works, now: now, jitter: 0.5)
        }
        for number in 1...11 {
            #expect(limiter.stopped == nil, "\(number)")
            limiter.sent(1)
            limiter.ended(.refused("\(number) no"), now: now, jitter: 0.5)
        }
        #expect(limiter.stopped == "11 of the last 20 messages were refused for good, the last one: 11 no")
        limiter.restart()
        #expect(limiter.state(at: now) == .open)
        limiter.sent(1)
        limiter.ended(.refused("12 no"), now: now, jitter: 0.5)
        #expect(limiter.stopped == nil)
    }

    @Test func `a few refusals at the start of a page stop nothing`() {
        var limiter = Limiter.make()
        for _ in 1...19 {
            limiter.sent(1)
            limiter.ended(.refused("100 no"), now: now, jitter: 0.5)
        }
        #expect(limiter.stopped == nil)
    }

    @Test func `used up again and again, it pauses for one, two, four minutes`() {
        var limiter = Limiter.make()
        var moment = now
        for minutes in [1, 2, 4, 8] as [Int64] {
            limiter.sent(1)
            limiter.note(Usage(percent: 100, regainAfter: nil), now: moment)
            limiter.ended(.works, now: moment, jitter: 0.5)
            #expect(limiter.pausedUntil == moment + .minutes(minutes))
            moment = moment + .minutes(minutes)
        }
    }

    @Test(arguments: [(1, 1), (2, 1), (4, 3), (10, 7), (13, 9), (14, 10), (40, 10), (41, 41), (1000, 1000)])
    func `videos leave room for texts, and never go faster than the platform takes them`(rate: Int, media: Int) {
        let limiter = Limiter(
            id: AccountID(rawValue: 1),
            channel: .messenger,
            page: Event.testPage,
            perSecond: rate,
            rates: .tested
        )
        var turns = limiter.turns(at: now)
        let now = now
        #expect((0..<2000).count { _ in turns.take(.media) == now } == media)
        #expect((0..<2000).allSatisfy { _ in turns.take(.text) == now })
    }

    @Test func `750 private replies in any hour, and no more`() {
        var limiter = Limiter.make()
        limiter.sent(750, of: .privateReply)
        for _ in 0..<750 { limiter.ended(.works, of: .privateReply, now: now, jitter: 0.5) }
        var turns = limiter.turns(at: now + .minutes(59))
        #expect(turns.take(.privateReply) == now + .hours(1))
        turns = limiter.turns(at: now + .hours(1))
        #expect(turns.take(.privateReply) == now + .hours(1))
    }

    @Test func `an operator also ends a pause`() {
        var limiter = Limiter.make()
        limiter.fail(at: now)
        limiter.restart()
        #expect(limiter.allowed(at: now + .seconds(1)) == 10)
        #expect(limiter.pausedUntil == nil)
    }
}

extension Limiter {
    fileprivate static func make() -> Limiter {
        Limiter(id: AccountID(rawValue: 1), channel: .messenger, page: Event.testPage, perSecond: 10, rates: .tested)
    }

    /// `allowance`, of a copy: an expectation cannot call what changes a value.
    fileprivate func allowed(at now: Instant) -> Int {
        var copy = self
        return copy.allowance(at: now)
    }

    /// Sends one message, which meets a page in trouble.
    fileprivate mutating func fail(at now: Instant) {
        sent(1)
        ended(.trouble("timeout"), now: now, jitter: 0.5)
    }
}
