import DripCore
import TestSupport
import Testing

@testable import DripEngine

@Suite struct SystemClockTests {
    @Test func `a fast clock counts from its epoch`() {
        let clock = SystemClock(scale: 1000, epoch: .start)
        #expect(clock.scaled(.start) == .start)
        #expect(clock.scaled(.start + .seconds(1)) == .start + .seconds(1000))
        #expect(clock.scaled(.start - .seconds(1)) == .start - .seconds(1000))
    }

    @Test func `the real one is as it is`() {
        #expect(SystemClock.real.scaled(.start) == .start)
        #expect(SystemClock.real.real(.start) == .start)
    }

    @Test(arguments: [1, 7, 1000, 2880] as [Int64])
    func `the real time of a moment is the first at which the clock shows it`(scale: Int64) {
        var random = SeededRandom(seed: UInt64(scale))
        let clock = SystemClock(scale: scale, epoch: .start)
        for _ in 0..<200 {
            let moment = .start + Milliseconds(Int64.random(in: -1_000_000...1_000_000, using: &random))
            let real = clock.real(moment)
            #expect(clock.scaled(real) >= moment)
            #expect(clock.scaled(real - Milliseconds(1)) < moment)
        }
    }
}
