/// A moment: whole milliseconds since 1970-01-01T00:00:00Z, leap seconds ignored, as POSIX counts them.
///
/// Arithmetic ends at the limits of the type: a length of time that comes from outside ends no process.
package struct Instant: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// A moment that is told from outside.
    /// - Returns: nil: it is before the year 1 or after the year 9999, which no calendar and no text of ours has.
    package init?(told milliseconds: Int64) {
        guard Self.told.contains(milliseconds) else { return nil }
        self.milliseconds = milliseconds
    }

    /// - Parameter seconds: since 1970, as Foundation counts them.
    /// - Returns: nil: see `init(told:)`; it is no number, too.
    package init?(toldSeconds seconds: Double) {
        let milliseconds = (seconds * 1000).rounded()
        guard milliseconds >= Double(Self.told.lowerBound), milliseconds <= Double(Self.told.upperBound) else {
            return nil
        }
        self.init(milliseconds: Int64(milliseconds))
    }

    /// 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z.
    private static let told: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// Whether it is a moment that may be told: see `init(told:)`.
    package var isTold: Bool { Self.told.contains(milliseconds) }

    /// The moment or, where that is outside of the years 1 to 9999, their nearest: calendars count in what it is made of.
    var inCalendar: Instant {
        Instant(milliseconds: min(max(milliseconds, Self.told.lowerBound), Self.told.upperBound))
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }

    package static func + (instant: Instant, span: Span) -> Instant {
        Instant(milliseconds: instant.milliseconds.plus(span.milliseconds))
    }

    package static func - (instant: Instant, span: Span) -> Instant {
        Instant(milliseconds: instant.milliseconds.minus(span.milliseconds))
    }

    package static func - (later: Instant, earlier: Instant) -> Span {
        Span(milliseconds: later.milliseconds.minus(earlier.milliseconds))
    }
}

extension Int64 {
    /// The sum, or the limit of the type.
    func plus(_ other: Int64) -> Int64 {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? (other < 0 ? .min : .max) : sum
    }

    /// The difference, or the limit of the type.
    func minus(_ other: Int64) -> Int64 {
        let (difference, isOver) = subtractingReportingOverflow(other)
        return isOver ? (other < 0 ? .max : .min) : difference
    }

    /// The product, or the limit of the type.
    func times(_ other: Int64) -> Int64 {
        let (product, isOver) = multipliedReportingOverflow(by: other)
        return isOver ? ((self < 0) == (other < 0) ? .max : .min) : product
    }
}
