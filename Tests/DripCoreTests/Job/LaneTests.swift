import DripCore
import TestSupport
import Testing

@Suite struct LaneTests {
    private let now = Instant.start

    @Test func `it sends at its rate`() {
        var lane = Lane.make()
        #expect(lane.allowed(at: now) == 10)
        lane.sent(10)
        #expect(lane.allowed(at: now) == 0)
        #expect(lane.next(at: now) == nil)
        for _ in 0..<10 { lane.ended(.works, now: now + Span(milliseconds: 100), jitter: 0.5) }
        #expect(lane.allowed(at: now + .seconds(1)) == 0)
        #expect(lane.next(at: now + .seconds(1)) == now + Span(milliseconds: 1100))
        #expect(lane.allowed(at: now + Span(milliseconds: 1100)) == 10)
    }

    @Test func `it sends nothing until it has caught up, or the time for that is over`() {
        var lane = Lane.make()
        lane.beginCatchingUp(until: now + .minutes(1))
        #expect(lane.allowed(at: now) == 0)
        #expect(lane.next(at: now) == now + .minutes(1))
        var other = lane
        #expect(other.endCatchingUp(at: now + .seconds(2)) == true)
        #expect(other.allowed(at: now + .seconds(2)) == 10)
        #expect(other.endCatchingUp(at: now + .seconds(2)) == false)
        #expect(lane.allowed(at: now + .minutes(1)) == 10)
        #expect(lane.endCatchingUp(at: now + .minutes(1)) == false)
    }

    @Test(arguments: 0..<20)
    func `whatever the network delays, no more arrive in any second than the page's rate and its kinds allow`(
        seed: UInt64
    ) {
        var random = SeededRandom(seed: seed)
        var lane = Lane(id: LaneID(rawValue: 1), page: Event.testPage, perSecond: 40)
        var waiting = Array(repeating: SendKind.text, count: 400) + Array(repeating: .media, count: 80)
        var answers: [(at: Instant, kind: SendKind)] = []
        var arrivals: [(at: Instant, kind: SendKind)] = []
        var moment = now
        while !waiting.isEmpty {
            for answer in answers where answer.at <= moment {
                lane.ended(.works, of: answer.kind, now: answer.at, jitter: 0.5)
            }
            answers.removeAll { $0.at <= moment }
            var turns = lane.turns(at: moment)
            var taken: [Int] = []
            for (index, kind) in waiting.enumerated() where lane.allowed(at: moment) > 0 {
                guard turns.take(kind) <= moment else { continue }
                lane.sent(1, of: kind)
                taken.append(index)
                let arrival = moment + Span(milliseconds: Int64.random(in: 1...300, using: &random))
                arrivals.append((arrival, kind))
                answers.append((arrival + Span(milliseconds: Int64.random(in: 1...200, using: &random)), kind))
            }
            for index in taken.reversed() { waiting.remove(at: index) }
            moment = moment + Span(milliseconds: 5)
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
        var lane = Lane.make()
        lane.fail(at: now)
        #expect(lane.lastTrouble == "timeout")
        #expect(lane.pausedUntil == now + .seconds(5))
        #expect(lane.allowed(at: now + .seconds(5) - Span(milliseconds: 1)) == 0)
        #expect(lane.next(at: now) == now + .seconds(5))
        #expect(lane.allowed(at: now + .seconds(5)) == 1)

        lane.sent(1)
        #expect(lane.allowed(at: now + .seconds(60)) == 0)
        #expect(lane.next(at: now + .seconds(60)) == nil)

        lane.ended(.works, now: now + .seconds(6), jitter: 0.5)
        #expect(lane.allowed(at: now + .seconds(60)) == 10)
        #expect(lane.pausedUntil == nil)
        #expect(lane.lastTrouble == nil)
    }

    @Test func `pauses grow from 5 seconds to 10 minutes, and begin anew after a success`() {
        var lane = Lane.make()
        var moment = now
        var pauses: [Int64] = []
        for _ in 0..<9 {
            lane.fail(at: moment)
            let end = lane.pausedUntil ?? moment
            pauses.append((end - moment).milliseconds / 1000)
            moment = end
        }
        #expect(pauses == [5, 10, 20, 40, 80, 160, 320, 600, 600])
        lane.sent(1)
        lane.ended(.works, now: moment, jitter: 0.5)
        lane.fail(at: moment)
        #expect(lane.pausedUntil == moment + .seconds(5))
    }

    @Test func `it pauses as long as the platform asks, or a minute, doubling`() {
        var lane = Lane.make()
        lane.sent(1)
        lane.ended(.usedUp("80006 slow down", regainAfter: .minutes(19)), now: now, jitter: 0.5)
        #expect(lane.pausedUntil == now + .minutes(19))
        var moment = now + .minutes(19)
        for minutes in [2, 4, 8] as [Int64] {
            #expect(lane.allowed(at: moment) == 1)
            lane.sent(1)
            lane.ended(.usedUp("613 slow down", regainAfter: nil), now: moment, jitter: 0.5)
            #expect(lane.pausedUntil == moment + .minutes(minutes))
            moment = moment + .minutes(minutes)
        }
        lane.sent(1)
        lane.ended(.works, now: moment, jitter: 0.5)
        #expect(lane.allowed(at: moment + .seconds(1)) == 10)
    }

    @Test func `what was under way together and fails together is one trouble`() {
        var lane = Lane.make()
        lane.sent(3)
        for second in 1...3 {
            lane.ended(.trouble("timeout"), now: now + .seconds(Int64(second)), jitter: 0.5)
        }
        #expect(lane.pausedUntil == now + .seconds(6))
    }

    @Test func `what was under way and succeeds does not end the pause that the platform asked for`() {
        var lane = Lane.make()
        lane.sent(2)
        lane.ended(.usedUp("4 slow down", regainAfter: .minutes(19)), now: now, jitter: 0.5)
        lane.ended(.works, now: now + Span(milliseconds: 10), jitter: 0.5)
        #expect(lane.pausedUntil == now + .minutes(19))
        #expect(lane.allowed(at: now + .seconds(2)) == 0)
        #expect(lane.allowed(at: now + .minutes(19)) == 1)
    }

    @Test func `a message that is to be tried again leaves a doubtful page doubtful`() {
        var lane = Lane.make()
        lane.fail(at: now)
        lane.sent(1)
        lane.ended(nil, now: now + .seconds(6), jitter: 0.5)
        #expect(lane.allowed(at: now + .seconds(7)) == 1)
    }

    @Test func `stopped, it sends nothing until an operator acts`() {
        var lane = Lane.make()
        lane.sent(1)
        lane.ended(.stopped("190 Invalid OAuth access token."), now: now, jitter: 0.5)
        #expect(lane.stopped == "190 Invalid OAuth access token.")
        #expect(lane.allowed(at: now + .days(30)) == 0)
        #expect(lane.next(at: now + .days(30)) == nil)
        lane.restart()
        #expect(lane.stopped == nil)
        #expect(lane.allowed(at: now + .seconds(1)) == 10)
    }

    @Test func `restricted, it pauses for half an hour, then finds out by one message, later each time`() {
        var lane = Lane.make()
        var moment = now
        var pauses: [Int64] = []
        for _ in 0..<7 {
            #expect(lane.allowed(at: moment) == (moment == now ? 10 : 1))
            lane.sent(1)
            lane.ended(.restricted("10/1893063 no"), now: moment, jitter: 0.5)
            let end = lane.pausedUntil ?? moment
            pauses.append((end - moment).milliseconds / 60_000)
            moment = end
        }
        #expect(pauses == [30, 60, 120, 240, 480, 720, 720])
        #expect(lane.restricted == "10/1893063 no")
        lane.sent(1)
        lane.ended(.works, now: moment, jitter: 0.5)
        #expect(lane.restricted == nil)
        #expect(lane.allowed(at: moment + .seconds(1)) == 10)
    }

    @Test func `a restriction outlasts a shorter pause, and what was under way with it adds nothing`() {
        var lane = Lane.make()
        lane.sent(3)
        lane.ended(.trouble("timeout"), now: now, jitter: 0.5)
        lane.ended(.restricted("368 no"), now: now + .seconds(1), jitter: 0.5)
        lane.ended(.restricted("368 no"), now: now + .seconds(2), jitter: 0.5)
        #expect(lane.pausedUntil == now + .seconds(1) + .minutes(30))
        #expect(lane.lastTrouble == "368 no")
    }

    @Test func `the platform lifts a restriction, and no other pause`() {
        var lane = Lane.make()
        lane.restrict("policy: block", now: now)
        #expect(lane.allowed(at: now + .minutes(29)) == 0)
        lane.unrestrict()
        #expect(lane.allowed(at: now + .minutes(1)) == 10)
        lane.fail(at: now + .minutes(2))
        lane.unrestrict()
        #expect(lane.allowed(at: now + .minutes(2) + .seconds(4)) == 0)
    }

    @Test func `it slows down before the platform does`() {
        for (percent, rates) in [
            (0, [10]), (74, [10]), (75, [10]), (76, [9, 9]), (85, [5, 5]), (91, [2, 2]), (94, [1, 0]),
        ] {
            var lane = Lane.make()
            lane.note(Usage(percent: percent, regainAfter: nil), now: now)
            #expect(lane.allowed(at: now) == rates[0], "\(percent) %")
            for _ in 0..<rates[0] {
                lane.sent(1)
                lane.ended(nil, now: now, jitter: 0.5)
            }
            #expect(lane.allowed(at: now + .seconds(1)) == (rates.count > 1 ? rates[1] : 10), "\(percent) %")
        }
    }

    @Test func `slowed to less than one a second, it waits longer between two`() {
        var lane = Lane.make()
        lane.note(Usage(percent: 94, regainAfter: nil), now: now)
        lane.sent(1)
        lane.ended(.works, now: now, jitter: 0.5)
        #expect(lane.next(at: now) == now + .seconds(2))
        #expect(lane.allowed(at: now + .seconds(2)) == 1)
    }

    @Test func `its allowance used up, it pauses as long as the platform says, and goes on slowly`() {
        var lane = Lane.make()
        lane.sent(3)
        lane.note(Usage(percent: 95, regainAfter: .minutes(1)), now: now)
        #expect(lane.lastTrouble == "95 % of what the platform allows is used up")
        lane.note(Usage(percent: 97, regainAfter: .minutes(2)), now: now)
        lane.note(Usage(percent: 97, regainAfter: nil), now: now)
        lane.ended(.works, now: now, jitter: 0.5)
        #expect(lane.pausedUntil == now + .minutes(2))
        lane.ended(.works, now: now, jitter: 0.5)
        lane.ended(.works, now: now, jitter: 0.5)
        let later = now + .minutes(2)
        #expect(lane.allowed(at: later) == 1)
        lane.sent(1)
        lane.ended(.works, now: later + .seconds(1), jitter: 0.5)
        #expect(lane.lastTrouble == nil)
        #expect(lane.next(at: later + .seconds(1)) == later + .seconds(3))
        #expect(lane.usage(at: now + .minutes(4)) == Usage(percent: 97, regainAfter: nil))
        #expect(lane.usage(at: now + .minutes(5)) == nil)
        #expect(lane.allowed(at: now + .minutes(5)) == 10)
    }

    @Test func `one paid message finds out whether the ad account lives, and what was not tried says nothing`() {
        var lane = Lane.make()
        let paid = Recipient.marketing(token: "t")
        #expect(lane.reasonNotToTry(paid, at: .start) == nil)
        lane.sent(1)
        lane.ended(.accountStopped("190 no"), now: .start, jitter: 0)
        #expect(lane.reasonNotToTry(paid, at: .start) == "ad account 190 no")
        #expect(lane.reasonNotToTry(.person("1"), at: .start) == nil)

        let probe = Instant.start + .minutes(30)
        lane.sent(2)
        #expect(lane.reasonNotToTry(paid, at: probe) == nil)
        #expect(lane.reasonNotToTry(paid, at: probe) == "ad account 190 no")
        lane.ended(.accountWorks, now: probe, jitter: 0)
        lane.ended(nil, now: probe, jitter: 0)
        #expect(lane.accountStopped == nil)
    }

    @Test func `most of the last twenty messages refused, it stops until an operator acts`() {
        var lane = Lane.make()
        for number in 1...20 {
            lane.sent(1)
            lane.ended(number <= 10 ? .refused("100 no") : .works, now: now, jitter: 0.5)
        }
        #expect(lane.state(at: now) == .open)
        // The oldest ones count no more.
        for _ in 1...10 {
            lane.sent(1)
            lane.ended(.works, now: now, jitter: 0.5)
        }
        for number in 1...11 {
            #expect(lane.stopped == nil, "\(number)")
            lane.sent(1)
            lane.ended(.refused("\(number) no"), now: now, jitter: 0.5)
        }
        #expect(lane.stopped == "11 of the last 20 messages were refused for good, the last one: 11 no")
        lane.restart()
        #expect(lane.state(at: now) == .open)
        lane.sent(1)
        lane.ended(.refused("12 no"), now: now, jitter: 0.5)
        #expect(lane.stopped == nil)
    }

    @Test func `a few refusals at the start of a page stop nothing`() {
        var lane = Lane.make()
        for _ in 1...19 {
            lane.sent(1)
            lane.ended(.refused("100 no"), now: now, jitter: 0.5)
        }
        #expect(lane.stopped == nil)
    }

    @Test func `used up again and again, it pauses for one, two, four minutes`() {
        var lane = Lane.make()
        var moment = now
        for minutes in [1, 2, 4, 8] as [Int64] {
            lane.sent(1)
            lane.note(Usage(percent: 100, regainAfter: nil), now: moment)
            lane.ended(.works, now: moment, jitter: 0.5)
            #expect(lane.pausedUntil == moment + .minutes(minutes))
            moment = moment + .minutes(minutes)
        }
    }

    @Test(arguments: [(1, 1), (2, 1), (4, 3), (10, 7), (13, 9), (14, 10), (40, 10), (41, 41), (1000, 1000)])
    func `videos leave room for texts, and never go faster than the platform takes them`(rate: Int, media: Int) {
        let lane = Lane(id: LaneID(rawValue: 1), page: Event.testPage, perSecond: rate)
        var turns = lane.turns(at: now)
        let now = now
        #expect((0..<2000).count { _ in turns.take(.media) == now } == media)
        #expect((0..<2000).allSatisfy { _ in turns.take(.text) == now })
    }

    @Test func `750 private replies in any hour, and no more`() {
        var lane = Lane.make()
        lane.sent(750, of: .privateReply)
        for _ in 0..<750 { lane.ended(.works, of: .privateReply, now: now, jitter: 0.5) }
        var turns = lane.turns(at: now + .minutes(59))
        #expect(turns.take(.privateReply) == now + .hours(1))
        turns = lane.turns(at: now + .hours(1))
        #expect(turns.take(.privateReply) == now + .hours(1))
    }

    @Test func `an operator also ends a pause`() {
        var lane = Lane.make()
        lane.fail(at: now)
        lane.restart()
        #expect(lane.allowed(at: now + .seconds(1)) == 10)
        #expect(lane.pausedUntil == nil)
    }
}

extension Lane {
    fileprivate static func make() -> Lane {
        Lane(id: LaneID(rawValue: 1), page: Event.testPage, perSecond: 10)
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
