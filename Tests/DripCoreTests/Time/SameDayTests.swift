import Foundation
import Testing

@testable import DripCore

/// A time of day on the local day of a moment.
struct SameDayTests {
    @Test(arguments: [
        ("Asia/Ho_Chi_Minh", "2027-01-04T16:59:59.999Z", 540, "2027-01-04T02:00:00Z"),
        ("Asia/Ho_Chi_Minh", "2027-01-04T17:00:00Z", 540, "2027-01-05T02:00:00Z"),
        ("Asia/Ho_Chi_Minh", "2027-01-04T17:00:00Z", 0, "2027-01-04T17:00:00Z"),
        ("Asia/Ho_Chi_Minh", "2027-01-04T03:00:00.250Z", 1439, "2027-01-04T16:59:00Z"),
        // The gap from 02:00 to 03:00: its first minute, its last, and the one behind it.
        ("Europe/Berlin", "2027-03-28T20:00:00Z", 120, "2027-03-28T01:00:00Z"),
        ("Europe/Berlin", "2027-03-28T20:00:00Z", 179, "2027-03-28T01:00:00Z"),
        ("Europe/Berlin", "2027-03-28T00:10:00Z", 180, "2027-03-28T01:00:00Z"),
        // The hour from 02:00 to 03:00 comes twice.
        ("Europe/Berlin", "2027-10-31T20:00:00Z", 120, "2027-10-31T00:00:00Z"),
        ("Europe/Berlin", "2027-10-31T01:40:00Z", 179, "2027-10-31T00:59:00Z"),
        ("America/New_York", "2027-11-07T20:00:00Z", 90, "2027-11-07T05:30:00Z"),
        // A day without a midnight: clocks go from 00:00 to 01:00.
        ("Asia/Beirut", "2027-03-28T12:00:00Z", 0, "2027-03-27T22:00:00Z"),
        ("Asia/Beirut", "2027-03-28T12:00:00Z", 30, "2027-03-27T22:00:00Z"),
        ("Asia/Beirut", "2027-03-28T12:00:00Z", 60, "2027-03-27T22:00:00Z"),
        ("Asia/Beirut", "2027-03-28T12:00:00Z", 90, "2027-03-27T22:30:00Z"),
        // Half an hour forward, in a zone of its own kind.
        ("Australia/Lord_Howe", "2027-10-03T05:00:00Z", 135, "2027-10-02T15:30:00Z"),
    ])
    func `it is that day's, behind a gap and before a repetition`(
        zone: String,
        day: String,
        minute: Int,
        found: String
    ) throws {
        let calendar = LocalCalendar(try #require(TimeZone(identifier: zone)))
        #expect(calendar.onSameDay(as: try Moment.at(day), minuteOfDay: minute).text == found)
    }

    @Test func `on any day of two years it is the same day, and that time unless the day has none`() throws {
        let calendar = LocalCalendar(try #require(TimeZone(identifier: "Europe/Berlin")))
        var day = try Moment.at("2027-01-01T10:00:00Z")
        for number in 0..<730 {
            let minute = (number * 37) % 1440
            let found = calendar.onSameDay(as: day, minuteOfDay: minute)
            #expect(calendar.weekday(found) == calendar.weekday(day))
            #expect(abs((found - day).milliseconds) < 86_400_000)
            let isSkipped = calendar.minuteOfDay(found) == 180 && (120..<180).contains(minute)
            #expect(calendar.minuteOfDay(found) == minute || isSkipped)
            day = day + .days(1)
        }
    }
}
