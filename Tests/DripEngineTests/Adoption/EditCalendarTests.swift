import ControlAPI
import DripCore
import Foundation
import TestSupport
import Testing

@testable import DripEngine
@testable import DripStore

/// Edits while the clocks change, and at the end of a month.
@Suite struct EditCalendarTests {
    @Test func `edits over a change of the clocks move the time and send nothing twice`() async throws {
        // In Berlin 02:30 is skipped on 2027-03-28 and comes twice on 2027-10-31.
        for (start, plain, at, later) in [
            ("2027-03-27T01:30:00Z", "2027-03-28T01:00:00Z", "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"),
            ("2027-10-30T00:30:00Z", "2027-10-31T00:30:00Z", "2027-10-31T00:30:00Z", "2027-11-01T01:30:00Z"),
        ] {
            let start = moment(start)
            let fixture = try await DispatcherFixture([.make(zone: .berlin, steps: [.text("day", 1, .day)])])
            fixture.channel.acceptAll()
            try await fixture.state.ingest(.message("1", at: start), now: start)
            #expect(try await fixture.state.next()?.due == moment(plain))
            let half = [DripSequence.make(zone: .berlin, steps: [.text("day", 1, .day, at: 150)])]
            _ = try await fixture.state.adopt(half, now: start)
            #expect(try await fixture.state.next()?.due == moment(at))
            let two = [
                DripSequence.make(
                    zone: .berlin,
                    steps: [.text("day", 1, .day, at: 150), .text("two", 2, .day, at: 150)]
                )
            ]
            _ = try await fixture.state.adopt(two, now: start)
            try await fixture.state.ingest(.message("2", at: moment(at)), now: moment(at))
            #expect(try await fixture.run(at: moment(at)) == moment(later))
            _ = try await fixture.state.adopt(
                [.make(zone: .berlin, steps: [.text("day", 1, .day, at: 180), .text("two", 2, .day, at: 150)])],
                now: moment(at)
            )
            try await fixture.state.ingest(.message("3", at: moment(later)), now: moment(later))
            #expect(try await fixture.run(at: moment(later)) == nil)
            #expect(fixture.channel.texts == ["day", "two"])
        }
    }

    @Test(arguments: [
        ("2028-01-31T03:00:00Z", "2028-02-29T02:00:00Z"), ("2027-01-31T03:00:00Z", "2027-02-28T02:00:00Z"),
        ("2028-01-29T03:00:00Z", "2028-02-29T02:00:00Z"),
    ])
    func `edits around the end of February keep the day`(start: String, due: String) async throws {
        let (start, due) = (moment(start), moment(due))
        let fixture = try await DispatcherFixture([.make(steps: [.text("month", 1, .month)])])
        fixture.channel.acceptAll()
        try await fixture.state.ingest(.message("1", at: start), now: start)
        #expect(try await fixture.state.next()?.due == due + .hours(1))
        // 30 days come before a month, and 31 behind it, whatever this month's length.
        let steps: [Step] = [
            .text("d30", 30, .day), .text("month", 1, .month, at: 540), .text("d31", 31, .day, at: 541),
        ]
        _ = try await fixture.state.adopt([.make(late: .never, steps: steps)], now: start)
        try await fixture.state.ingest(.message("2", at: due), now: due + .days(9))
        while let next = try await fixture.state.store.nextDue(account: fixture.state.account), next < due + .days(9) {
            try await fixture.state.ingest(.message("\(next.milliseconds)", at: next), now: next)
            try await fixture.run(at: next)
        }
        #expect(fixture.channel.texts == ["d30", "month", "d31"])
    }
}

extension LateRule {
    fileprivate static let never = LateRule(after: .hours(24), then: .send)
}
