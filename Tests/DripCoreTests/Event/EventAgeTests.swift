import DripCore
import TestSupport
import Testing

@Suite struct EventAgeTests {
    @Test(arguments: [
        (Span.minutes(-5), EventAge.current), (.zero, .current), (.days(1), .current),
        (Span(milliseconds: 86_400_001), .past), (.days(45), .past),
        (Span(milliseconds: 45 * 86_400_000 + 1), .expired), (.days(400), .expired),
    ])
    func `a day, and as long as keys are kept`(age: Span, expected: EventAge) {
        #expect(EventAge(at: .start - age, now: .start) == expected)
    }
}
