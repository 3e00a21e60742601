import Foundation
import Testing

@testable import DripCore

/// Moments as tests write them: `2027-01-30T14:50:00Z`, milliseconds where there are any.
enum Moment {
    static func at(_ text: String) throws -> Instant {
        try #require(Instant(text))
    }
}

extension Instant {
    var text: String {
        description.replacing(".000Z", with: "Z")
    }
}
