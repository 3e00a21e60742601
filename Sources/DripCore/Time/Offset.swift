/// How long after its start a step is due: a count of one unit. Seconds, minutes and hours are exact; days, weeks and
/// months are calendar steps in the zone that applies, so their length in milliseconds depends on the anchor.
package struct Offset: Hashable, Sendable {
    package enum Unit: String, CaseIterable, Sendable {
        case second = "s"
        case minute = "min"
        case hour = "h"
        case day
        case week
        case month
    }

    package let count: Int
    package let unit: Unit

    package init(_ count: Int, _ unit: Unit) {
        self.count = count
        self.unit = unit
    }

    /// The longest offset a file may ask for: ten years.
    package static let longest = Offset(120, .month)

    /// The length by which offsets are put in order, and by which an enrollment remembers how far it has come. A month
    /// counts as the mean of the Gregorian calendar, 30.436875 days: after 30 days and before 31.
    package var nominal: Span {
        let unitMilliseconds: Int64 =
            switch unit {
            case .second: 1000
            case .minute: 60_000
            case .hour: 3_600_000
            case .day: 86_400_000
            case .week: 604_800_000
            case .month: 2_629_746_000
            }
        return Span(milliseconds: Int64(count) * unitMilliseconds)
    }
}

extension Offset: CustomStringConvertible {
    /// As it would be written in a sequence file: `15 min`, `1 day`, `2 weeks`.
    package var description: String {
        switch unit {
        case .second, .minute, .hour: "\(count) \(unit.rawValue)"
        case .day, .week, .month: count == 1 ? "1 \(unit.rawValue)" : "\(count) \(unit.rawValue)s"
        }
    }
}
