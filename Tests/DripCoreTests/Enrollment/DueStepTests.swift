import DripCore
import Foundation
import TestSupport
import Testing

@Suite struct DueStepTests {
    private let anchor = Instant.start

    @Test func `the smallest offset comes first, whatever the order in the file`() {
        let sequence = DripSequence.make(steps: [
            .text("week", 1, .week), .text("hello", 15, .minute), .text("day", 1, .day),
        ])
        #expect(next(sequence, nil) == "hello")
        #expect(next(sequence, .minutes(15), over: ["hello"]) == "day")
        #expect(next(sequence, .days(1), over: ["hello", "day"]) == "week")
        #expect(next(sequence, .days(7), over: ["hello", "day", "week"]) == nil)
    }

    @Test func `a step without delay is the first`() {
        #expect(next(.make(steps: [.text("now", 0, .second), .text("day", 1, .day)]), nil) == "now")
        #expect(next(.make(steps: [.text("now", 0, .second), .text("day", 1, .day)]), .zero, over: ["now"]) == "day")
    }

    @Test func `a step added ahead is sent, one added behind never`() {
        let edited = DripSequence.make(steps: [
            .text("hello", 15, .minute), .text("behind", 1, .hour), .text("day", 1, .day), .text("ahead", 2, .day),
            .text("week", 1, .week),
        ])
        #expect(next(edited, .days(1), over: ["hello", "day"]) == "ahead")
    }

    @Test func `a removed step hands over to the next, a moved one is not sent twice`() {
        #expect(next(.make(steps: [.text("hello", 15, .minute), .text("week", 1, .week)]), .minutes(15)) == "week")
        let moved = DripSequence.make(steps: [.text("hello", 2, .day), .text("week", 1, .week)])
        #expect(next(moved, .minutes(15), over: ["hello"]) == "week")
    }

    @Test func `a month comes after 30 days and before 31`() {
        let sequence = DripSequence.make(steps: [
            .text("d31", 31, .day), .text("month", 1, .month), .text("d30", 30, .day),
        ])
        #expect(sequence.steps.map(\.id) == ["d30", "month", "d31"])
    }

    @Test func `minutes are exact, days follow the wall clock of the zone`() {
        // The clocks in Berlin go forward on Sunday, 2027-03-28, 02:00.
        let anchor = moment("2027-03-27T11:00:00Z")
        let sequence = DripSequence.make(steps: [.text("day", 1, .day)])
        #expect(sequence.due(.text("h", 24, .hour), anchor: anchor, zone: .berlin) == moment("2027-03-28T11:00:00Z"))
        #expect(sequence.due(.text("d", 1, .day), anchor: anchor, zone: .berlin) == moment("2027-03-28T10:00:00Z"))
        #expect(sequence.due(.text("d", 1, .day), anchor: anchor, zone: .hoChiMinh) == moment("2027-03-28T11:00:00Z"))
    }

    @Test func `the person's zone comes before the sequence's, that before the configured one`() {
        let utc = TimeZone.gmt
        let catalog = Catalog(zone: utc, sequences: [])
        let withZone = DripSequence.make(zone: .hoChiMinh, steps: .care)
        #expect(catalog.zone(for: .berlin, in: withZone) == .berlin)
        #expect(catalog.zone(for: nil, in: withZone) == .hoChiMinh)
        #expect(catalog.zone(for: nil, in: .make(steps: .care)) == utc)
    }

    @Test func `a due time moves out of quiet hours`() {
        let sequence = DripSequence.make(quiet: QuietHours(start: 21 * 60 + 30, end: 8 * 60), steps: .care)
        let due = sequence.due(.text("h", 12, .hour), anchor: anchor, zone: .hoChiMinh)
        #expect(due == moment("2027-01-05T01:00:00Z"))
    }

    @Test func `a step that falls on a day off is due on the next day, at its time`() {
        let days = Weekdays([.mon, .tue, .wed, .thu, .fri, .sat])
        let sequence = DripSequence.make(days: days, steps: [.text("week", 1, .week, at: 540)])
        // A Sunday at 14:00 there.
        let sunday = moment("2027-01-10T07:00:00Z")
        func due(_ step: Step) -> Instant { sequence.due(step, anchor: sunday, zone: .hoChiMinh) }
        #expect(due(.text("at", 1, .week, at: 540)) == moment("2027-01-18T02:00:00Z"))
        #expect(due(.text("week", 1, .week)) == moment("2027-01-18T07:00:00Z"))
        #expect(due(.text("hours", 168, .hour)) == moment("2027-01-18T07:00:00Z"))
        #expect(due(.text("at once", 0, .second)) == moment("2027-01-11T07:00:00Z"))
    }

    @Test func `the time of day of a moved day is the file's, also where the clocks skip it on the day before`() {
        // 02:30 does not exist on Sunday, 28 March 2027, in Berlin.
        let days = Weekdays([.mon, .tue, .wed, .thu, .fri, .sat])
        let sequence = DripSequence.make(days: days, steps: .care)
        let anchor = moment("2027-03-27T01:30:00Z")
        for step in [Step.text("day", 1, .day), .text("at", 1, .day, at: 150)] {
            #expect(sequence.due(step, anchor: anchor, zone: .berlin) == moment("2027-03-29T00:30:00Z"))
        }
    }

    @Test func `quiet hours that end within a gap of half an hour end with the gap`() throws {
        let zone = try #require(TimeZone(identifier: "Australia/Lord_Howe"))
        let sequence = DripSequence.make(quiet: QuietHours(start: 22 * 60, end: 2 * 60 + 15), steps: .care)
        // Saturday, 22:45, the night in which the clocks go from 02:00 to 02:30.
        let due = sequence.due(.text("a", 15, .minute), anchor: moment("2027-10-02T12:00:00Z"), zone: zone)
        #expect(due == moment("2027-10-02T15:30:00Z"))
    }

    private func next(_ sequence: DripSequence, _ position: Milliseconds?, over: Set<String> = []) -> String? {
        sequence.next(anchor: anchor, position: position, over: over, zone: .hoChiMinh)?.step.id
    }
}
