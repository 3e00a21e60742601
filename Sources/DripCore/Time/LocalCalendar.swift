package import Foundation

/// Calendar arithmetic in one zone: days, months and times of day as the recipient sees them.
package struct LocalCalendar: Sendable {
    private let zone: TimeZone

    package init(_ zone: TimeZone) {
        self.zone = zone
    }

    /// Returns `anchor` plus `offset`: the same wall-clock time that many days, weeks or months later. Never earlier
    /// than `anchor`.
    ///
    /// The end of a month clamps (31 January + 1 month = 28 or 29 February). A wall time that a clock change skips
    /// moves to the end of the gap. One that occurs twice is the first.
    /// - Parameters:
    ///   - minute: the time of that day, in minutes since local midnight; nil for the time that `offset` leads to.
    ///   - days: that many days later, at the same time of day.
    package func instant(_ offset: Offset, after anchor: Instant, at minute: Int? = nil, later days: Int = 0) -> Instant
    {
        if !offset.unit.isOfCalendar, minute == nil {
            let moment = anchor + offset.nominal
            return days == 0 ? moment : max(anchor, instant(wall(moment).adding(Offset(days, .day))))
        }
        var wanted = wall(anchor).adding(offset)
        if let minute { wanted = wanted.at(minute: minute) }
        return max(anchor, instant(days == 0 ? wanted : wanted.adding(Offset(days, .day))))
    }

    /// Returns the moment that many days after the local day of `moment`, at the time of day of `model`.
    package func instant(daysAfter moment: Instant, _ days: Int, atTimeOf model: Instant) -> Instant {
        instant(wall(moment).atTime(of: wall(model)).adding(Offset(days, .day)))
    }

    /// Returns the moment on the local day of `moment` at which a wall clock shows `minute` (minutes since local
    /// midnight): the end of the gap if a clock change skips it, the first if it occurs twice.
    package func onSameDay(as moment: Instant, minuteOfDay minute: Int) -> Instant {
        instant(wall(moment).at(minute: minute))
    }

    /// Returns the minutes since local midnight that a wall clock shows.
    package func minuteOfDay(_ moment: Instant) -> Int {
        Int(wall(moment).timeOfDay / 60_000)
    }

    package func weekday(_ moment: Instant) -> Weekdays.Day {
        wall(moment).weekday
    }

    /// Returns the next moment after `moment` at which a wall clock shows `minute` (minutes since local midnight), or
    /// the end of the gap if a clock change skips it.
    package func next(minuteOfDay minute: Int, after moment: Instant) -> Instant {
        let today = wall(moment).at(minute: minute)
        // A zone that moves across the date line may skip a whole day.
        for day in 0...3 {
            let moments = instants(today.adding(Offset(day, .day)))
            if moments.first > moment { return moments.first }
            if moments.last > moment { return moments.last }
        }
        return moment + .days(1)
    }

    private func wall(_ moment: Instant) -> WallClockTime {
        let moment = moment.inCalendar
        return WallClockTime(milliseconds: moment.milliseconds + offset(at: moment).milliseconds)
    }

    private func instant(_ wall: WallClockTime) -> Instant {
        instants(wall).first
    }

    /// Returns the first and the last moment at which the clocks show this time. They differ if the clocks are set back
    /// over it. Both are the end of the gap if the clocks are set forward over it.
    private func instants(_ wall: WallClockTime) -> (first: Instant, last: Instant) {
        // No zone is more than 16 hours from UTC, so a clock change that matters is between these two.
        let middle = Instant(milliseconds: wall.milliseconds)
        let (early, late) = (middle - .days(1), middle + .days(1))
        let (before, after) = (offset(at: early), offset(at: late))
        let (one, other) = (wall.instant(before), wall.instant(after))
        if before == after { return (one, one) }
        let change = change(from: early, to: late)
        switch (one < change, other >= change) {
        case (true, true): return (one, other)
        case (true, false): return (one, one)
        case (false, true): return (other, other)
        case (false, false): return (change, change)
        }
    }

    /// Returns the first moment between the two at which the clocks' offset differs from that at `early`.
    private func change(from early: Instant, to late: Instant) -> Instant {
        let before = offset(at: early)
        var (low, high) = (early.milliseconds / 1000, late.milliseconds / 1000)
        while high - low > 1 {
            let middle = (low + high) / 2
            if offset(at: Instant(milliseconds: middle * 1000)) == before { low = middle } else { high = middle }
        }
        return Instant(milliseconds: high * 1000)
    }

    /// Returns how far the clocks are ahead of UTC.
    private func offset(at moment: Instant) -> Milliseconds {
        // Foundation takes seconds as a Double, which cannot represent all fractions exactly.
        let moment = moment.inCalendar
        let seconds = (moment.milliseconds - (moment.milliseconds % 1000 + 1000) % 1000) / 1000
        return .seconds(Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))))
    }
}

/// The date and time on a wall clock: milliseconds since 1970-01-01 00:00 by that clock.
private struct WallClockTime {
    let milliseconds: Int64

    private static let day: Int64 = 86_400_000

    /// Days since 1970-01-01.
    private var days: Int64 { (milliseconds - timeOfDay) / Self.day }

    /// Milliseconds since midnight.
    var timeOfDay: Int64 { (milliseconds % Self.day + Self.day) % Self.day }

    /// 1970 began on a Thursday.
    var weekday: Weekdays.Day { Weekdays.Day(rawValue: Int(((days + 3) % 7 + 7) % 7)) ?? .mon }

    func at(minute: Int) -> WallClockTime {
        WallClockTime(milliseconds: milliseconds - timeOfDay + Int64(minute) * 60_000)
    }

    func atTime(of model: WallClockTime) -> WallClockTime {
        WallClockTime(milliseconds: milliseconds - timeOfDay + model.timeOfDay)
    }

    func instant(_ offset: Milliseconds) -> Instant {
        Instant(milliseconds: milliseconds - offset.milliseconds)
    }

    /// Returns the same time of day that many days, weeks or months later; the last day of a month that has no such
    /// day.
    func adding(_ offset: Offset) -> WallClockTime {
        let count = Int64(offset.count)
        switch offset.unit {
        case .second, .minute, .hour: return WallClockTime(milliseconds: milliseconds + offset.nominal.milliseconds)
        case .day: return WallClockTime(milliseconds: milliseconds + count * Self.day)
        case .week: return WallClockTime(milliseconds: milliseconds + count * 7 * Self.day)
        case .month:
            let date = CivilDate(days: days).adding(months: count)
            return WallClockTime(milliseconds: date.days * Self.day + timeOfDay)
        }
    }
}

/// A day of the Gregorian calendar. The conversions count in years that begin in March, so that a leap day is a year's last.
private struct CivilDate {
    let year: Int64
    /// From 1.
    let month: Int64
    let day: Int64

    private init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// - Parameter days: since 1970-01-01.
    init(days: Int64) {
        // 0000-03-01, the first day of an era of 400 years.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Since 1970-01-01.
    var days: Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Returns the same day that many months later, or that month's last day if it has no such day.
    func adding(months: Int64) -> CivilDate {
        let index = year * 12 + month - 1 + months
        let year = (index >= 0 ? index : index - 11) / 12
        let month = index - year * 12 + 1
        return CivilDate(year: year, month: month, day: min(day, Self.length(of: month, in: year)))
    }

    private static func length(of month: Int64, in year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Offset.Unit {
    /// Whether its length depends on the calendar.
    package var isOfCalendar: Bool {
        switch self {
        case .second, .minute, .hour: false
        case .day, .week, .month: true
        }
    }
}
