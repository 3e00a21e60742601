import Foundation

/// Times as the Graph API writes them, such as `2022-07-12T19:11:07+0000`.
enum GraphTime {
    /// - Parameter milliseconds: since 1970.
    static func text(_ milliseconds: Int64) -> String {
        let text = Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(.iso8601)
        return String(text.dropLast()) + "+0000"
    }
}
