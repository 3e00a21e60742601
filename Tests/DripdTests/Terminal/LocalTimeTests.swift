import DripCore
import Foundation
import Testing

@testable import dripd

struct LocalTimeTests {
    @Test(arguments: [
        ("Asia/Ho_Chi_Minh", "2027-01-04 09:15:00+07"), ("UTC", "2027-01-04 02:15:00+00"),
        ("Asia/Kolkata", "2027-01-04 07:45:00+05:30"), ("America/St_Johns", "2027-01-03 22:45:00-03:30"),
        ("Europe/Berlin", "2027-01-04 03:15:00+01"),
    ])
    func `a time says its zone`(_ zone: String, _ text: String) throws {
        let instant = try #require(Instant("2027-01-04T02:15:00Z"))
        #expect(LocalTime.text(instant, try #require(TimeZone(identifier: zone))) == text)
    }
}
