import DripCore
import Synchronization
import TestSupport
import Testing

@testable import DripEngine

@Suite struct CheckedClockTests {
    @Test func `it tells once that the clock is wrong, and once that it is right again`() {
        let base = ManualClock(.start)
        let (clock, troubles) = (CheckedClock(base, uptime: { .hours(1) }), Recorder())
        clock.whenChanged { troubles.record($0 == nil ? "right" : "wrong") }
        clock.note(reached: .start - .hours(1), by: .database)
        #expect(troubles.all == [])
        clock.note(reached: .start + .hours(6), by: .webhook)
        clock.note(reached: .start + .hours(7), by: .webhook)
        #expect(clock.trouble != nil)
        #expect(clock.now() == .start + .hours(7))
        #expect(troubles.all == ["wrong"])
        // It is set.
        base.set(.start + .hours(7))
        #expect(clock.now() == .start + .hours(7))
        #expect(clock.trouble == nil)
        #expect(troubles.all == ["wrong", "right"])
    }
}
