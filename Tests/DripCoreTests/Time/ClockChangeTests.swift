import Foundation
import Testing

@testable import DripCore

/// Quiet hours and weekdays where the clocks change.
struct ClockChangeTests {
    private func earliest(_ moment: String, quiet: QuietHours, in zone: String) throws -> String {
        let calendar = LocalCalendar(try #require(TimeZone(identifier: zone)))
        return SendingHours(quiet: quiet, days: .all, calendar: calendar).earliest(from: try Moment.at(moment)).text
    }

    private static let night = QuietHours(start: 21 * 60 + 30, end: 8 * 60)

    @Test(arguments: [
        // The quiet hours end at 02:30, which this night has not: at 03:00 then.
        ("2027-03-28T00:30:00Z", "2027-03-28T01:00:00Z"),
        // And this night has twice: at the first.
        ("2027-10-30T23:30:00Z", "2027-10-31T00:30:00Z"),
    ])
    func `quiet hours that end while the clocks change`(moment: String, allowed: String) throws {
        let quiet = QuietHours(start: 22 * 60, end: 2 * 60 + 30)
        #expect(try earliest(moment, quiet: quiet, in: "Europe/Berlin") == allowed)
    }

    @Test(arguments: ["2027-03-14T04:00:00Z", "2027-11-07T04:00:00Z"])
    func `a night of 23 or 25 hours ends at eight all the same`(moment: String) throws {
        let allowed = try earliest(moment, quiet: Self.night, in: "America/New_York")
        let calendar = LocalCalendar(try #require(TimeZone(identifier: "America/New_York")))
        #expect(calendar.minuteOfDay(try Moment.at(allowed)) == 8 * 60)
        #expect(try Moment.at(allowed) - Moment.at(moment) < .hours(24))
    }

    @Test func `at any hour of two years the answer is allowed, and no later than need be`() throws {
        let quiet = QuietHours(start: 23 * 60, end: 6 * 60)
        let calendar = LocalCalendar(try #require(TimeZone(identifier: "Europe/Berlin")))
        let hours = SendingHours(quiet: quiet, days: Weekdays([.mon, .thu, .sat]), calendar: calendar)
        var moment = try Moment.at("2027-01-01T00:07:00Z")
        for _ in 0..<(2 * 365 * 24) {
            let allowed = hours.earliest(from: moment)
            #expect(allowed >= moment && allowed - moment <= .days(4))
            #expect([.mon, .thu, .sat].contains(calendar.weekday(allowed)))
            #expect(!quiet.contains(minute: calendar.minuteOfDay(allowed)))
            #expect(hours.earliest(from: allowed) == allowed)
            moment = moment + .minutes(61)
        }
    }
}
