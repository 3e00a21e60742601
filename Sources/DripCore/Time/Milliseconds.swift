/// An exact length of time in whole milliseconds, which may be negative. (Swift's own `Duration` counts attoseconds in
/// 128 bits; everything here is stored and compared as whole milliseconds.) Arithmetic saturates at the limits of the
/// type.
package struct Milliseconds: Hashable, Comparable, Sendable {
    package var milliseconds: Int64

    package init(_ milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static let zero = Milliseconds(0)

    package static func seconds(_ count: Int64) -> Milliseconds { Milliseconds(count.times(1000)) }
    package static func minutes(_ count: Int64) -> Milliseconds { Milliseconds(count.times(60_000)) }
    package static func hours(_ count: Int64) -> Milliseconds { Milliseconds(count.times(3_600_000)) }
    package static func days(_ count: Int64) -> Milliseconds { Milliseconds(count.times(86_400_000)) }

    package static func < (left: Milliseconds, right: Milliseconds) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

extension Milliseconds: Codable {
    /// The longest value accepted from another program. A longer one is a mistake.
    private static let longestTold = Milliseconds.days(366 * 100)

    private enum CodingKeys: CodingKey {
        case milliseconds
    }

    /// - Throws: `DecodingError` if it is longer than a hundred years, in either direction.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        milliseconds = try values.decode(Int64.self, forKey: .milliseconds)
        guard milliseconds.magnitude <= Self.longestTold.milliseconds.magnitude else {
            throw DecodingError.dataCorruptedError(
                forKey: .milliseconds,
                in: values,
                debugDescription: "a length of time must not exceed a hundred years"
            )
        }
    }
}

extension Milliseconds: CustomStringConvertible {
    /// In the largest unit that makes it a whole number: `36 h`, `2 days`, `90 min`.
    package var description: String {
        guard milliseconds != 0 else { return "0 s" }
        guard let (unit, length) = Self.units.first(where: { milliseconds % $0.length == 0 }) else {
            return "\(milliseconds) ms"
        }
        let count = milliseconds / length
        return "\(count) \(unit)" + (unit == "day" && count != 1 ? "s" : "")
    }

    private static let units: [(name: String, length: Int64)] = [
        ("day", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000),
    ]
}

/// The time from the start to a step, as a count of one unit. Seconds, minutes and hours are exact; days, weeks and
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

    /// The longest offset that a file may use: ten years.
    package static let longest = Offset(120, .month)

    /// The length that orders offsets, and that records how far an enrollment has come. A month counts as the mean of
    /// the Gregorian calendar, 30.436875 days: after 30 days and before 31.
    package var nominal: Milliseconds {
        let unitMilliseconds: Int64 =
            switch unit {
            case .second: 1000
            case .minute: 60_000
            case .hour: 3_600_000
            case .day: 86_400_000
            case .week: 604_800_000
            case .month: 2_629_746_000
            }
        return Milliseconds(Int64(count) * unitMilliseconds)
    }
}

extension Offset: CustomStringConvertible {
    /// As a sequence file writes it: `15 min`, `1 day`, `2 weeks`.
    package var description: String {
        switch unit {
        case .second, .minute, .hour: "\(count) \(unit.rawValue)"
        case .day, .week, .month: count == 1 ? "1 \(unit.rawValue)" : "\(count) \(unit.rawValue)s"
        }
    }
}
