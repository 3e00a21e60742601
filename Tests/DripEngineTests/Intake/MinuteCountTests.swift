import DripCore
import TestSupport
import Testing

@testable import DripEngine

@Suite struct MinuteCountTests {
    @Test func `it tells at once, and then once a minute what came together`() {
        let count = MinuteCount()
        #expect(count.add(0, now: .start) == nil)
        #expect(count.add(2, now: .start) == 2)
        #expect(count.add(3, now: .start + .seconds(59)) == nil)
        #expect(count.add(4, now: .start + .seconds(60)) == 7)
        #expect(count.add(1, now: .start + .seconds(61)) == nil)
        // The clock was set back.
        #expect(count.add(1, now: .start) == 2)
    }
}
