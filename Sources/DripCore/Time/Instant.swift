import Foundation

/// A moment: whole milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored, as POSIX counts them.
///
/// Arithmetic saturates at the limits of the type, so that a length of time from outside cannot crash the process.
package struct Instant: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// Creates a moment from outside input.
    /// - Returns: nil if it is before the year 1 or after the year 9999, which calendars and our text forms do not
    ///   have.
    package init?(external milliseconds: Int64) {
        guard Self.told.contains(milliseconds) else { return nil }
        self.milliseconds = milliseconds
    }

    /// Creates a moment from outside input.
    /// - Parameter seconds: since 1970, as Foundation counts them.
    /// - Returns: nil as for `init(external:)`, and if it is not a number.
    package init?(toldSeconds seconds: Double) {
        let milliseconds = (seconds * 1000).rounded()
        guard milliseconds >= Double(Self.told.lowerBound), milliseconds <= Double(Self.told.upperBound) else {
            return nil
        }
        self.init(milliseconds: Int64(milliseconds))
    }

    /// 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z.
    private static let told: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// Whether it is within the years 1 to 9999, as `init(external:)` requires.
    package var isInCalendarRange: Bool { Self.told.contains(milliseconds) }

    /// The moment, clamped to the years 1 to 9999 for calendar arithmetic.
    var inCalendar: Instant {
        Instant(milliseconds: min(max(milliseconds, Self.told.lowerBound), Self.told.upperBound))
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    package static func + (instant: Instant, span: Milliseconds) -> Instant {
        Instant(milliseconds: instant.milliseconds.plus(span.milliseconds))
    }

    package static func - (instant: Instant, span: Milliseconds) -> Instant {
        Instant(milliseconds: instant.milliseconds.minus(span.milliseconds))
    }

    package static func - (later: Instant, earlier: Instant) -> Milliseconds {
        Milliseconds(later.milliseconds.minus(earlier.milliseconds))
    }
}

extension Int64 {
    /// Returns the sum, or the limit of the type.
    func plus(_ other: Int64) -> Int64 {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? (other < 0 ? .min : .max) : sum
    }

    /// Returns the difference, or the limit of the type.
    func minus(_ other: Int64) -> Int64 {
        let (difference, isOver) = subtractingReportingOverflow(other)
        return isOver ? (other < 0 ? .max : .min) : difference
    }

    /// Returns the product, or the limit of the type.
    func times(_ other: Int64) -> Int64 {
        let (product, isOver) = multipliedReportingOverflow(by: other)
        return isOver ? ((self < 0) == (other < 0) ? .max : .min) : product
    }
}

extension Instant: Codable, CustomStringConvertible {
    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// RFC 3339 in UTC with milliseconds: `2027-01-30T14:50:00.000Z`.
    package var description: String {
        // Beyond the year 9999 Foundation writes other forms, and overflows its own limits.
        let milliseconds = inCalendar.milliseconds
        // The fraction is written by hand: Foundation truncates binary fractions that are slightly too low, so that
        // .007 would become .006.
        let fraction = (milliseconds % 1000 + 1000) % 1000
        let seconds = Date(timeIntervalSince1970: Double((milliseconds - fraction) / 1000))
        let digits = String(fraction + 1000).dropFirst()
        return "\(seconds.formatted(Date.ISO8601FormatStyle()).dropLast()).\(digits)Z"
    }

    /// Parses RFC 3339, with or without a fraction, or whole milliseconds since 1970, in the years 1 to 9999.
    package init?(_ text: String) {
        if let milliseconds = Int64(text) {
            self.init(external: milliseconds)
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
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an RFC 3339 time")
        }
        self = instant
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// A local time of day, as minutes since midnight.
package enum TimeOfDay {
    /// Returns the time as a sequence file writes it: `09:00`.
    package static func text(_ minute: Int) -> String {
        "\(twoDigits(minute / 60)):\(twoDigits(minute % 60))"
    }

    private static func twoDigits(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
