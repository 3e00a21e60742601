import DripCore
import TestSupport
import Testing

@Suite struct RateWindowTests {
    @Test func `as many at once as the limit says, the next one a second after the first`() {
        var rate = RateWindow(perSecond: 3)
        rate.spend(1, at: .start)
        rate.spend(2, at: .start + Milliseconds(400))
        #expect(rate.allowed(at: .start + Milliseconds(999)) == 0)
        #expect(rate.next(at: .start + Milliseconds(400)) == .start + .seconds(1))
        #expect(rate.allowed(at: .start + .seconds(1)) == 1)
        #expect(rate.next(at: .start + .seconds(1)) == .start + .seconds(1))
        #expect(rate.allowed(at: .start + Milliseconds(1400)) == 3)
    }

    @Test func `who waits behind others is told when their turn is`() {
        var rate = RateWindow(2, per: .seconds(10))
        #expect((0..<5).map { rate.turn($0, at: .start) } == [0, 0, 10, 10, 20].map { .start + .seconds($0) })
        rate.spend(1, at: .start)
        let now = Instant.start + .seconds(4)
        #expect((0..<6).map { rate.turn($0, at: now) } == [4, 10, 14, 20, 24, 30].map { .start + .seconds($0) })
    }

    @Test(arguments: 0..<20)
    func `a turn is when it goes, if all before it go as soon as they may`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var rate = RateWindow(Int.random(in: 1...5, using: &random), per: .seconds(3))
        var now = Instant.start
        for _ in 0..<10 {
            now = now + Milliseconds(Int64.random(in: 0...2000, using: &random))
            if rate.allowed(at: now) > 0 { rate.spend(1, at: now) }
        }
        var played = rate
        var moment = now
        for ahead in 0..<12 {
            moment = played.next(at: moment) ?? moment
            #expect(rate.turn(ahead, at: now) == moment)
            played.spend(1, at: moment)
        }
    }

    @Test(arguments: [(1.0, 10, 1000), (0.95, 9, 948), (0.5, 5, 1000), (0.25, 2, 800), (0.05, 1, 2000)])
    func `a share of the limit is whole sends in a longer window`(share: Double, count: Int, milliseconds: Int64) {
        var rate = RateWindow(perSecond: 10)
        let now = Instant.start
        #expect(rate.allowance(at: now, share: share) == count)
        rate.spend(count, at: now)
        #expect(rate.next(at: now, share: share) == now + Milliseconds(milliseconds))
        #expect(rate.allowance(at: now + Milliseconds(milliseconds), share: share) == count)
        #expect(rate.allowance(at: now + Milliseconds(milliseconds - 1), share: share) == 0)
    }

    @Test func `a request uses its place until a window after its answer`() {
        var rate = RateWindow(perSecond: 3)
        rate.start(2)
        #expect(rate.allowed(at: .start + .hours(1)) == 1)
        #expect(rate.next(at: .start) == .start)
        rate.start(1)
        #expect(rate.allowed(at: .start + .hours(1)) == 0)
        #expect(rate.next(at: .start) == nil)
        rate.end(at: .start + Milliseconds(300))
        rate.end(at: .start + Milliseconds(500))
        #expect(rate.next(at: .start + Milliseconds(500)) == .start + Milliseconds(1300))
        #expect(rate.allowed(at: .start + Milliseconds(1300)) == 1)
        #expect(rate.allowed(at: .start + Milliseconds(1500)) == 2)
        // Of those that wait, the first is told when a place is free, and the third when the one on its way is answered at once.
        let now = Instant.start + Milliseconds(600)
        #expect((0..<3).map { (rate.turn($0, at: now) - .start).milliseconds } == [1300, 1500, 1600])
    }

    @Test func `before anything was sent the next one may go now`() {
        let rate = RateWindow(perSecond: 3)
        #expect(rate.next(at: .start) == .start)
        #expect(rate.allowed(at: .start) == 3)
    }

    @Test(arguments: 0..<40)
    func `never more than the limit in any second, and never less than it allows`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let limit = Int.random(in: 1...12, using: &random)
        var rate = RateWindow(perSecond: limit)
        var sends: [Instant] = []
        var now = Instant.start
        for _ in 0..<400 {
            now = now + Milliseconds(Int64.random(in: 0...300, using: &random))
            let recent = sends.count { now - $0 < .seconds(1) }
            #expect(rate.allowed(at: now) == limit - recent)
            let wanted = Int.random(in: 0...limit, using: &random)
            let count = min(wanted, rate.allowance(at: now))
            rate.spend(count, at: now)
            sends += Array(repeating: now, count: count)
            let next = rate.next(at: now) ?? now
            #expect(rate.allowed(at: next) > 0)
            if next > now { #expect(rate.allowed(at: next - Milliseconds(1)) == 0) }
        }
        #expect(sends.count > limit)
    }

    @Test func `a clock that was set back holds the rate, and no longer than a second`() {
        var rate = RateWindow(perSecond: 2)
        rate.spend(2, at: .start)
        let earlier = Instant.start - .hours(1)
        let allowance = rate.allowance(at: earlier)
        #expect(allowance == 0)
        #expect(rate.next(at: earlier) == earlier + .seconds(1))
        #expect(rate.allowed(at: earlier + .seconds(1)) == 2)
    }
}

extension RateWindow {
    /// `allowance`, of a copy: an expectation cannot call what changes a value.
    fileprivate func allowed(at now: Instant) -> Int {
        var copy = self
        return copy.allowance(at: now)
    }
}
