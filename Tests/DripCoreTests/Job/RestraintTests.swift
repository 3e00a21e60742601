import DripCore
import Foundation
import TestSupport
import Testing

/// The gap between two messages, worked out. The way began at `.start`, 10:00 in Ho Chi Minh City.
@Suite struct RestraintTests {
    private static let steps: [Step] = [
        .text("a", 15, .minute), .text("b", 45, .minute), .text("c", 5, .hour), .text("d", 1, .day),
        .make("e", Offset(25, .hour), pullIntoWindow: .minutes(50), text: [.literal("e")]),
        .text("f", 2, .day), .text("g", 2, .day, at: 570),
    ]
    private let left = Instant.start + .days(9)

    @Test(arguments: [
        // An hour, where the file has them further apart.
        ("a", "c", 60), ("c", "d", 60), ("gone", "c", 60),
        // As far as the file has them.
        ("a", "b", 30),
        // The one that comes later by its position is due first for this start: half an hour all the same.
        ("f", "g", 30),
    ])
    func `the least time is the gap, or the distance that the file gives`(last: String, step: String, minutes: Int64) {
        #expect(held(step, after: last) == Restraint(until: left + .minutes(minutes), reason: .gap))
        #expect(held(step, after: last, later: .minutes(minutes)) == nil)
    }

    @Test func `a step that is pulled may come closer by as much`() {
        let now = Instant.start + .hours(24) + .minutes(20)
        let messages = [message("d", at: now - .minutes(4))]
        #expect(
            catalog().restraint(on: job("e", scheduled: .start + .hours(25)), cause: "ref:x", after: messages, now: now)
                == Restraint(until: now + .minutes(6), reason: .gap)
        )
    }

    @Test func `the first step, one that has begun, and another way's messages are not held`() {
        #expect(catalog().restraint(on: job("c"), cause: "ref:x", after: [], now: left) == nil)
        let messages = [message("a", at: left)]
        #expect(catalog().restraint(on: job("c", part: 1), cause: "ref:x", after: messages, now: left) == nil)
        let origin = DailyLimit.Message.Origin(enrollment: EnrollmentID(rawValue: 8), step: "a")
        let other = DailyLimit.Message(at: left, cause: "ref:x", anchor: .start, scheduled: left, origin: origin)
        #expect(catalog().restraint(on: job("c"), cause: "ref:x", after: [other], now: left) == nil)
    }

    @Test func `of the limit and the gap the one that lasts longer holds`() {
        let messages = [message("a", at: left)]
        #expect(
            catalog(limit: 1).restraint(on: job("c"), cause: "manual", after: messages, now: left)
                == Restraint(until: left + .days(1), reason: .day)
        )
        #expect(catalog(limit: 2).restraint(on: job("c"), cause: "manual", after: messages, now: left)?.reason == .gap)
    }

    @Test func `none is none`() {
        #expect(
            catalog(gap: .zero).restraint(on: job("c"), cause: "", after: [message("a", at: left)], now: left) == nil
        )
    }

    private func held(_ step: String, after last: String, later: Milliseconds = .zero) -> Restraint? {
        catalog().restraint(on: job(step), cause: "ref:x", after: [message(last, at: left)], now: left + later)
    }

    private func catalog(limit: Int? = nil, gap: Milliseconds = .hours(1)) -> Catalog {
        Catalog(zone: .hoChiMinh, sequences: [.make(steps: Self.steps) { $0.gap = gap }])
            .with(CatalogSettings(dailyLimit: limit.map(DailyLimit.init)))
    }

    private func job(_ step: String, scheduled: Instant = .start, part: Int = 0) -> Job {
        .make(step, scheduled: scheduled, part: part)
    }

    private func message(_ step: String, at: Instant) -> DailyLimit.Message {
        DailyLimit.Message(
            at: at,
            cause: "manual",
            anchor: .start,
            scheduled: at,
            origin: DailyLimit.Message.Origin(enrollment: EnrollmentID(rawValue: 7), step: step)
        )
    }
}
