import DripCore
import Foundation
import TestSupport
import Testing

/// In Ho Chi Minh City: 10:00 there is 03:00 UTC, and 2027-01-04 is a Monday.
@Suite struct SendingHoursTests {
    private static let night = QuietHours(start: 21 * 60 + 30, end: 8 * 60)
    private static let lunch = QuietHours(start: 12 * 60, end: 13 * 60)

    @Test(arguments: [
        ("2027-01-04T14:29:59.999Z", "2027-01-04T14:29:59.999Z"),  // 21:29
        ("2027-01-04T14:30:00Z", "2027-01-05T01:00:00Z"),  // 21:30
        ("2027-01-04T17:30:00Z", "2027-01-05T01:00:00Z"),  // 00:30 of Tuesday
        ("2027-01-05T00:59:59.999Z", "2027-01-05T01:00:00Z"),  // 07:59
        ("2027-01-05T01:00:00Z", "2027-01-05T01:00:00Z"),  // 08:00
    ])
    func `a night without messages ends in the morning`(from: String, to: String) {
        #expect(earliest(Self.night, .all, from) == moment(to))
    }

    @Test(arguments: [
        ("2027-01-04T04:59:59.999Z", "2027-01-04T04:59:59.999Z"), ("2027-01-04T05:00:00Z", "2027-01-04T06:00:00Z"),
        ("2027-01-04T06:00:00Z", "2027-01-04T06:00:00Z"),
    ])
    func `so do quiet hours within a day`(from: String, to: String) {
        #expect(earliest(Self.lunch, .all, from) == moment(to))
    }

    @Test(arguments: [
        ("2027-01-09T16:59:59.999Z", "2027-01-09T16:59:59.999Z"),  // Saturday, 23:59
        ("2027-01-09T17:00:00Z", "2027-01-10T17:00:00Z"),  // Sunday, 00:00
        ("2027-01-10T02:00:00Z", "2027-01-11T02:00:00Z"),  // Sunday, 09:00
        ("2027-01-10T10:00:00.250Z", "2027-01-11T10:00:00.250Z"),
    ])
    func `a day without messages moves to the next with them, at its time of day`(from: String, to: String) {
        #expect(earliest(nil, .monToSat, from) == moment(to))
    }

    @Test func `both together - Saturday night, then Sunday, then Monday's early hours`() {
        #expect(earliest(Self.night, .monToSat, "2027-01-09T15:00:00Z") == moment("2027-01-11T01:00:00Z"))
    }

    @Test func `quiet hours that end on a day with messages end there, whatever the day that they began on`() {
        // Sunday, 22:00: Monday, 08:00.
        #expect(earliest(Self.night, .monToSat, "2027-01-10T15:00:00Z") == moment("2027-01-11T01:00:00Z"))
        // Sunday, 03:00.
        #expect(earliest(Self.night, .monToSat, "2027-01-09T20:00:00Z") == moment("2027-01-11T01:00:00Z"))
    }

    @Test func `the one day of a week is found from any other`() {
        let tuesday = Weekdays([.tue])
        #expect(earliest(Self.night, tuesday, "2027-01-05T15:00:00Z") == moment("2027-01-12T01:00:00Z"))
    }

    @Test func `without quiet hours any moment will do`() {
        #expect(earliest(nil, .all, "2027-01-04T17:30:00.123Z") == moment("2027-01-04T17:30:00.123Z"))
    }

    private func earliest(_ quiet: QuietHours?, _ days: Weekdays, _ from: String) -> Instant {
        SendingHours(quiet: quiet, days: days, calendar: LocalCalendar(.hoChiMinh)).earliest(from: moment(from))
    }
}

extension Weekdays {
    fileprivate static let monToSat = Weekdays([.mon, .tue, .wed, .thu, .fri, .sat])
}
