import Foundation
import Testing

@testable import DripCore

/// Calendar steps, in zones whose clocks change. Moments are written in UTC: `2027-01-30T14:50:00Z`.
struct LocalCalendarTests {
    private func after(_ offset: Offset, _ anchor: String, in zone: String) throws -> String {
        try #require(TimeZone(identifier: zone).map(LocalCalendar.init))
            .instant(offset, after: Moment.at(anchor)).text
    }

    @Test(arguments: [
        (Offset(90, .second), "2027-03-27T23:00:00.250Z", "2027-03-27T23:01:30.250Z"),
        (Offset(24, .hour), "2027-03-27T22:00:00Z", "2027-03-28T22:00:00Z"),
        (Offset(15, .minute), "2027-03-28T00:50:00Z", "2027-03-28T01:05:00Z"),
    ])
    func `seconds, minutes and hours are exact, clock change or not`(
        offset: Offset,
        anchor: String,
        due: String
    ) throws {
        #expect(try after(offset, anchor, in: "Europe/Berlin") == due)
    }

    @Test(arguments: [
        ("Asia/Ho_Chi_Minh", Offset(1, .day), "2027-03-28T02:00:00Z", "2027-03-29T02:00:00Z"),
        // Clocks go forward: the day has 23 hours.
        ("Europe/Berlin", Offset(1, .day), "2027-03-27T22:00:00Z", "2027-03-28T21:00:00Z"),
        ("America/New_York", Offset(1, .day), "2027-03-14T03:00:00Z", "2027-03-15T02:00:00Z"),
        // Clocks go back: the day has 25 hours.
        ("Europe/Berlin", Offset(1, .day), "2027-10-30T21:00:00Z", "2027-10-31T22:00:00Z"),
        ("America/New_York", Offset(1, .day), "2027-11-07T02:00:00Z", "2027-11-08T03:00:00Z"),
        ("Europe/Berlin", Offset(1, .week), "2027-03-24T08:00:00Z", "2027-03-31T07:00:00Z"),
        ("America/New_York", Offset(6, .month), "2027-01-15T14:00:00Z", "2027-07-15T13:00:00Z"),
    ])
    func `a day later is the same time of day`(zone: String, offset: Offset, anchor: String, due: String) throws {
        #expect(try after(offset, anchor, in: zone) == due)
    }

    @Test(arguments: [
        // 02:30 does not exist on this day.
        ("Europe/Berlin", "2027-03-27T01:30:00Z", "2027-03-28T01:00:00Z"),
        ("America/New_York", "2027-03-13T07:30:00Z", "2027-03-14T07:00:00Z"),
    ])
    func `a time of day that a clock change skips moves to the end of the gap`(
        zone: String,
        anchor: String,
        due: String
    ) throws {
        #expect(try after(Offset(1, .day), anchor, in: zone) == due)
    }

    @Test(arguments: [
        // 02:30 and 01:30 come twice on these days.
        ("Europe/Berlin", "2027-10-30T00:30:00.007Z", "2027-10-31T00:30:00.007Z"),
        ("America/New_York", "2027-11-06T05:30:00Z", "2027-11-07T05:30:00Z"),
    ])
    func `of a time of day that comes twice it is the first`(zone: String, anchor: String, due: String) throws {
        #expect(try after(Offset(1, .day), anchor, in: zone) == due)
    }

    @Test(arguments: [
        (Offset(1, .month), "2027-01-31T05:00:00Z", "2027-02-28T05:00:00Z"),
        (Offset(1, .month), "2028-01-31T05:00:00Z", "2028-02-29T05:00:00Z"),
        (Offset(2, .month), "2027-01-31T05:00:00Z", "2027-03-31T05:00:00Z"),
        (Offset(1, .month), "2027-03-31T05:00:00Z", "2027-04-30T05:00:00Z"),
        (Offset(12, .month), "2028-02-29T05:00:00Z", "2029-02-28T05:00:00Z"),
        (Offset(120, .month), "2027-01-31T05:00:00Z", "2037-01-31T05:00:00Z"),
        // The last hour of the month here, the first of the next there: the zone decides.
        (Offset(1, .month), "2027-01-30T17:30:00Z", "2027-02-27T17:30:00Z"),
    ])
    func `the end of a month clamps`(offset: Offset, anchor: String, due: String) throws {
        #expect(try after(offset, anchor, in: "Asia/Ho_Chi_Minh") == due)
    }

    @Test func `no millisecond is lost, before 1970 either`() throws {
        for milliseconds in [1_806_000_000_001, 1_806_000_000_999, -1, -86_400_001] as [Int64] {
            let calendar = LocalCalendar(try #require(TimeZone(identifier: "UTC")))
            let due = calendar.instant(Offset(1, .day), after: Instant(milliseconds: milliseconds))
            #expect(due == Instant(milliseconds: milliseconds + 86_400_000))
        }
    }

    @Test func `the local weekday and time of day`() throws {
        let moment = try Moment.at("2027-01-31T17:30:00Z")  // a Sunday in UTC
        let calendars = try ["UTC", "Asia/Ho_Chi_Minh", "America/New_York"].map {
            LocalCalendar(try #require(TimeZone(identifier: $0)))
        }
        #expect(calendars.map { $0.weekday(moment) } == [.sun, .mon, .sun])
        #expect(calendars.map { $0.minuteOfDay(moment) } == [17 * 60 + 30, 30, 12 * 60 + 30])
    }

    @Test func `a day that is no day later, in an hour that comes twice, is not before its anchor`() throws {
        // 02:30 for the second time.
        #expect(try after(Offset(0, .day), "2027-10-31T01:30:00Z", in: "Europe/Berlin") == "2027-10-31T01:30:00Z")
        #expect(
            try after(Offset(0, .week), "2027-10-31T01:30:00.004Z", in: "Europe/Berlin") == "2027-10-31T01:30:00.004Z"
        )
        #expect(try after(Offset(0, .month), "2027-11-07T06:59:59Z", in: "America/New_York") == "2027-11-07T06:59:59Z")
        // Half an hour back.
        #expect(try after(Offset(0, .day), "2027-04-03T15:15:00Z", in: "Australia/Lord_Howe") == "2027-04-03T15:15:00Z")
    }

    @Test(arguments: [
        // Half an hour forward at 02:00.
        ("Australia/Lord_Howe", "2027-10-01T15:45:00Z", "2027-10-02T15:30:00Z"),
        // At midnight, and over it.
        ("Asia/Beirut", "2027-03-26T22:20:00Z", "2027-03-27T22:00:00Z"),
        ("America/Scoresbysund", "2027-03-27T01:30:00Z", "2027-03-28T01:00:00Z"),
        // 30 December 2011 is no day here.
        ("Pacific/Apia", "2011-12-29T20:00:00Z", "2011-12-30T10:00:00Z"),
        // Troll goes by two hours.
        ("Antarctica/Troll", "2027-03-27T02:30:00Z", "2027-03-28T01:00:00Z"),
    ])
    func `a time in a gap of any length is the end of the gap`(zone: String, anchor: String, due: String) throws {
        #expect(try after(Offset(1, .day), anchor, in: zone) == due)
    }

    /// By a search through the minutes, which knows nothing of how clocks change.
    @Test(arguments: [
        "Australia/Lord_Howe", "Europe/Berlin", "America/New_York", "Asia/Beirut", "America/Scoresbysund",
        "Antarctica/Troll",
        "Africa/Casablanca", "Asia/Ho_Chi_Minh", "Pacific/Chatham", "America/St_Johns", "Africa/Cairo", "Pacific/Apia",
        "America/Asuncion", "Asia/Gaza", "Atlantic/Azores", "Pacific/Kiritimati",
    ])
    func `on every day of two years a wall time is the first that shows it, or the end of its gap`(name: String) throws
    {
        let zone = try #require(TimeZone(identifier: name))
        let calendar = LocalCalendar(zone)
        func wall(_ moment: Instant) -> Int64 {
            let seconds = moment.milliseconds / 1000
            return seconds + Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
        }
        var anchor = try Moment.at("2026-12-31T10:07:00Z")
        for day in 0..<732 {
            let minute = day * 97 % 1440
            let wanted = (wall(anchor) / 86_400 + 1) * 86_400 + Int64(minute) * 60
            let due = calendar.instant(Offset(1, .day), after: anchor, at: minute)
            // Whatever comes before shows an earlier time, and from then on no clock shows an earlier one for the first time.
            #expect(wall(due) >= wanted, "\(name) \(due)")
            #expect(wall(due - .seconds(1)) < wanted, "\(name) \(due)")
            #expect(stride(from: 1, through: 180, by: 1).allSatisfy { wall(due - .minutes($0)) < wanted })
            anchor = anchor + .days(1)
        }
    }
}
