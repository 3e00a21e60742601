import Foundation
import TestSupport
import Testing

@testable import DripCore

/// Numbers from outside end no process: arithmetic on them stops at the limits of its type.
@Suite struct OutsideNumberTests {
    private static let extremes: [Int64] = [.min, .min + 1, -1, 0, 1, .max - 1, .max]

    @Test(arguments: extremes, extremes)
    func `moments and lengths of time`(left: Int64, right: Int64) {
        let (moment, span) = (Instant(milliseconds: left), Milliseconds(right))
        #expect((moment + span) - span <= Instant(milliseconds: .max))
        #expect((right < 0) == (moment - span > moment) || left == .max || right == 0)
        for length in [Milliseconds.seconds(right), .minutes(right), .hours(right), .days(right)] {
            #expect((length < .zero) == (right < 0))
        }
        _ = moment - Instant(milliseconds: right)
    }

    @Test(arguments: extremes)
    func `any moment has a text, and a place in a calendar`(milliseconds: Int64) {
        let moment = Instant(milliseconds: milliseconds)
        #expect(moment.description.hasSuffix("Z"))
        let calendar = LocalCalendar(.hoChiMinh)
        for unit in Offset.Unit.allCases { _ = calendar.instant(Offset(1, unit), after: moment) }
        _ = calendar.minuteOfDay(moment)
    }

    @Test(arguments: [
        "-9223372036854775808", "9223372036854775807", "253402300800000", "-62135596800001", "10000-01-01T00:00:00Z",
        "99999999999999999999", "nan", "",
    ])
    func `what no calendar has is no time`(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, 9.3e15, -1e12])
    func `nor is a number of seconds that none has`(seconds: Double) {
        #expect(Instant(toldSeconds: seconds) == nil)
    }

    @Test(arguments: ["-9223372036854775808", "9223372036854775807", "3162240000001", "1.5", "1e400", "\"1\""])
    func `a length of time beyond a hundred years is refused`(milliseconds: String) {
        let text = #"{"milliseconds":\#(milliseconds)}"#
        #expect(throws: (any Error).self) { try JSONDecoder().decode(Milliseconds.self, from: Data(text.utf8)) }
    }

    @Test func `lengths are written and read as they were`() throws {
        let data = try JSONEncoder().encode(Milliseconds.hours(36))
        #expect(String(decoding: data, as: UTF8.self) == #"{"milliseconds":129600000}"#)
        #expect(try JSONDecoder().decode(Milliseconds.self, from: data) == .hours(36))
    }
}
