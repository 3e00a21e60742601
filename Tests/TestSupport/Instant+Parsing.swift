package import DripCore
package import Foundation

extension Instant {
    /// A Monday, 10:00 in Ho Chi Minh City.
    package static let start = moment("2027-01-04T03:00:00Z")
}

/// Parses an RFC 3339 time.
package func moment(_ text: String) -> Instant {
    guard let instant = Instant(text) else { preconditionFailure("'\(text)' is not a time") }
    return instant
}

extension TimeZone {
    /// UTC+7, no clock changes.
    package static let hoChiMinh = zone("Asia/Ho_Chi_Minh")
    /// UTC+1, and UTC+2 in summer.
    package static let berlin = zone("Europe/Berlin")

    private static func zone(_ name: String) -> TimeZone {
        guard let zone = TimeZone(identifier: name) else { preconditionFailure("this machine knows no zone \(name)") }
        return zone
    }
}
