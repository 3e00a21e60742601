import DripCore
import Foundation
import TestSupport
import Testing

/// `at`: a step is due at a time of day, on the day to which its offset leads.
@Suite struct TimeOfDayStepTests {
    @Test(arguments: [
        // The start is at 10:00 in Ho Chi Minh City: before it, at it and behind it.
        (9 * 60, "2027-01-11T02:00:00Z"), (10 * 60, "2027-01-11T03:00:00Z"), (21 * 60, "2027-01-11T14:00:00Z"),
        (0, "2027-01-10T17:00:00Z"), (23 * 60 + 59, "2027-01-11T16:59:00Z"),
    ])
    func `on that day, before or behind the time at which it all began`(at: Int, due: String) {
        #expect(self.due(.text("week", 1, .week, at: at), .start) == moment(due))
    }

    @Test func `the start's seconds do not count`() {
        let anchor = Instant.start + Milliseconds(12_345)
        #expect(due(.text("day", 1, .day, at: 540), anchor) == moment("2027-01-05T02:00:00Z"))
        #expect(due(.text("day", 1, .day), anchor) == anchor + .days(1))
    }

    @Test(arguments: [
        // 02:30 is skipped on 2027-03-28 in Berlin, and comes twice on 2027-10-31.
        ("2027-03-27T11:00:00Z", 150, "2027-03-28T01:00:00Z"), ("2027-03-27T11:00:00Z", 180, "2027-03-28T01:00:00Z"),
        ("2027-03-27T11:00:00Z", 119, "2027-03-28T00:59:00Z"), ("2027-03-27T11:00:00Z", 540, "2027-03-28T07:00:00Z"),
        ("2027-10-30T10:00:00Z", 150, "2027-10-31T00:30:00Z"), ("2027-10-30T10:00:00Z", 180, "2027-10-31T02:00:00Z"),
        ("2027-10-30T10:00:00Z", 540, "2027-10-31T08:00:00Z"),
        // The start's own time is the one that is skipped, or comes twice.
        ("2027-03-27T01:30:00Z", 540, "2027-03-28T07:00:00Z"), ("2027-10-30T00:30:00Z", 540, "2027-10-31T08:00:00Z"),
    ])
    func `a time that is skipped moves behind the gap, of one that comes twice it is the first`(
        anchor: String,
        at: Int,
        due: String
    ) {
        #expect(self.due(.text("day", 1, .day, at: at), moment(anchor), .berlin) == moment(due))
    }

    @Test(arguments: [
        ("2027-01-31T03:00:00Z", "2027-02-28T02:00:00Z"), ("2028-01-31T03:00:00Z", "2028-02-29T02:00:00Z"),
        ("2028-01-29T03:00:00Z", "2028-02-29T02:00:00Z"), ("2027-03-31T03:00:00Z", "2027-04-30T02:00:00Z"),
        // 00:30 on the 1st, there, and still the 31st in UTC.
        ("2027-01-31T17:30:00Z", "2027-03-01T02:00:00Z"),
    ])
    func `a month later at nine, the month's end clamped`(anchor: String, due: String) {
        #expect(self.due(.text("month", 1, .month, at: 540), moment(anchor)) == moment(due))
    }

    @Test func `a year after 29 February`() {
        let anchor = moment("2028-02-29T03:00:00Z")
        #expect(due(.text("year", 12, .month, at: 540), anchor) == moment("2029-02-28T02:00:00Z"))
        #expect(due(.text("four", 48, .month, at: 540), anchor) == moment("2032-02-29T02:00:00Z"))
    }

    @Test func `it is the person's own time of day`() {
        #expect(due(.text("day", 1, .day, at: 540), .start, .berlin) == moment("2027-01-05T08:00:00Z"))
    }

    @Test func `quiet hours come after it`() {
        let sequence = DripSequence.make(quiet: QuietHours(start: 21 * 60, end: 8 * 60), steps: .care)
        let due = sequence.due(.text("day", 1, .day, at: 22 * 60), anchor: .start, zone: .hoChiMinh)
        #expect(due == moment("2027-01-06T01:00:00Z"))
    }

    @Test func `steps of one day are in the order of their times, one without a time first`() {
        let sequence = DripSequence.make(steps: [
            .text("evening", 1, .day, at: 20 * 60), .text("two", 2, .day), .text("noon", 1, .day, at: 12 * 60),
            .text("whole", 1, .day), .text("midnight", 1, .day, at: 1),
        ])
        #expect(sequence.steps.map(\.id) == ["whole", "midnight", "noon", "evening", "two"])
        #expect(sequence.steps.map { "\($0.position)" } == ["1 day", "1441 min", "36 h", "44 h", "2 days"])
    }

    private func due(_ step: Step, _ anchor: Instant, _ zone: TimeZone = .hoChiMinh) -> Instant {
        DripSequence.make(steps: [step]).due(step, anchor: anchor, zone: zone)
    }
}
