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
        ("Europe/Berlin", "2027-03-27T01:30:00Z", "2027-03-28T01:30:00Z"),
        ("America/New_York", "2027-03-13T07:30:00Z", "2027-03-14T07:30:00Z"),
    ])
    func `a time of day that a clock change skips moves past the gap`(zone: String, anchor: String, due: String) throws
    {
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

    @Test func `the next midnight, and the first moment of a day without one`() throws {
        let beirut = LocalCalendar(try #require(TimeZone(identifier: "Asia/Beirut")))
        // Clocks go from 00:00 to 01:00 on 28 March.
        #expect(beirut.startOfNextDay(after: try Moment.at("2027-03-27T12:00:00Z")).text == "2027-03-27T22:00:00Z")
        let berlin = LocalCalendar(try #require(TimeZone(identifier: "Europe/Berlin")))
        #expect(berlin.startOfNextDay(after: try Moment.at("2027-10-30T22:30:00Z")).text == "2027-10-31T23:00:00Z")
    }
}
