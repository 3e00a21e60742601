import DripCore

/// When a step is due after the start, as far as that depends on the start: a month has 28 to 31 days, and a time of day
/// comes sooner for whoever starts late in a day. Clock changes are left out.
struct DueTime {
    /// Milliseconds; none where the unit is a month.
    private let exact: Int64
    private let months: Int
    /// Milliseconds since midnight.
    private let at: Int64?

    private static let day: Int64 = 86_400_000

    init(_ step: Step) {
        months = step.after.unit == .month ? step.after.count : 0
        exact = step.after.unit == .month ? 0 : step.after.nominal.milliseconds
        at = step.at.map { Int64($0) * 60_000 }
    }

    /// How long after `other` it is due, at least, the start of both being the same; negative: it can be due before it.
    func least(after other: DueTime) -> Span {
        Span(milliseconds: days(after: other) + time(after: other))
    }

    private func days(after other: DueTime) -> Int64 {
        switch (months > 0, other.months > 0) {
        case (false, false): exact - other.exact
        case (true, false): Self.shortest(months) - other.exact
        case (false, true): exact - Self.longest(other.months)
        // The same calendar: the end of a month clamps both.
        case (true, true):
            months >= other.months ? Self.shortest(months - other.months) : -Self.longest(other.months - months)
        }
    }

    private func time(after other: DueTime) -> Int64 {
        switch (at, other.at) {
        case (nil, nil): 0
        case (let at?, let otherAt?): at - otherAt
        // Whoever starts at the end of a day is nearest to the times of the next one.
        case (let at?, nil): at - Self.day
        case (nil, let at?): -at
        }
    }

    /// Of so many months in a row; a clamped end (31 January + 1 month) is no shorter.
    private static func shortest(_ months: Int) -> Int64 {
        day * Int64(months / 12 * 365 + [0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334][months % 12])
    }

    private static func longest(_ months: Int) -> Int64 {
        let years = (months / 12 * 1461 + 3) / 4
        return day * Int64(years + [0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337][months % 12])
    }
}
