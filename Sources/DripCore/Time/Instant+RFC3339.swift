import Foundation

extension Instant: Codable, CustomStringConvertible {
    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// RFC 3339 in UTC with milliseconds: `2027-01-30T14:50:00.000Z`.
    package var description: String {
        // Beyond the year 9999 Foundation writes other forms, and counts past its own limits.
        let milliseconds = inCalendar.milliseconds
        // The fraction is written by hand: Foundation cuts binary fractions off where they lie a little too low, so
        // that .007 would become .006.
        let fraction = (milliseconds % 1000 + 1000) % 1000
        let seconds = Date(timeIntervalSince1970: Double((milliseconds - fraction) / 1000))
        let digits = String(fraction + 1000).dropFirst()
        return "\(seconds.formatted(Date.ISO8601FormatStyle()).dropLast()).\(digits)Z"
    }

    /// Reads RFC 3339, with or without a fraction, or whole milliseconds since 1970; in the years 1 to 9999.
    package init?(_ text: String) {
        if let milliseconds = Int64(text) {
            self.init(told: milliseconds)
        } else if let date = try? Self.style.parse(text) {
            self.init(toldSeconds: date.timeIntervalSince1970)
        } else if let date = try? Date.ISO8601FormatStyle().parse(text) {
            self.init(toldSeconds: date.timeIntervalSince1970)
        } else {
            return nil
        }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let instant = Instant(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a time as RFC 3339 writes it")
        }
        self = instant
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
