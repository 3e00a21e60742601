import DripCore
import TestSupport
import Testing

@Suite struct RateWindowTests {
    @Test func `as many at once as the limit says, the next one a second after the first`() {
        var rate = RateWindow(perSecond: 3)
        rate.spend(1, at: .start)
        rate.spend(2, at: .start + Span(milliseconds: 400))
        #expect(rate.allowed(at: .start + Span(milliseconds: 999)) == 0)
        #expect(rate.next(at: .start + Span(milliseconds: 400)) == .start + .seconds(1))
        #expect(rate.allowed(at: .start + .seconds(1)) == 1)
        #expect(rate.next(at: .start + .seconds(1)) == .start + .seconds(1))
        #expect(rate.allowed(at: .start + Span(milliseconds: 1400)) == 3)
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
            now = now + Span(milliseconds: Int64.random(in: 0...300, using: &random))
            let recent = sends.count { now - $0 < .seconds(1) }
            #expect(rate.allowed(at: now) == limit - recent)
            let wanted = Int.random(in: 0...limit, using: &random)
            let count = min(wanted, rate.allowance(at: now))
            rate.spend(count, at: now)
            sends += Array(repeating: now, count: count)
            let next = rate.next(at: now)
            #expect(rate.allowed(at: next) > 0)
            if next > now { #expect(rate.allowed(at: next - Span(milliseconds: 1)) == 0) }
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
