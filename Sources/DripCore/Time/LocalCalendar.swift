package import Foundation

/// Calendar arithmetic in one zone: what days, months and times of day mean to the person who gets the message.
package struct LocalCalendar: Sendable {
    private let calendar: Calendar

    package init(_ zone: TimeZone) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        self.calendar = calendar
    }

    /// `anchor` plus `offset`: the same wall-clock time that many days, weeks or months later. The end of a month clamps
    /// (31 January + 1 month = 28 or 29 February), a wall time that a clock change skips moves forward past the gap, one
    /// that occurs twice is the first.
    package func instant(_ offset: Offset, after anchor: Instant) -> Instant {
        let calendarUnit: Calendar.Component
        switch offset.unit {
        case .second, .minute, .hour: return anchor + offset.nominal
        case .day: calendarUnit = .day
        case .week: calendarUnit = .weekOfYear
        case .month: calendarUnit = .month
        }
        // Calendar works on Doubles of seconds: the milliseconds are kept aside, so that none is lost to rounding.
        let subsecond = Span(milliseconds: anchor.milliseconds - floorToSecond(anchor).milliseconds)
        guard let moved = calendar.date(byAdding: calendarUnit, value: offset.count, to: date(floorToSecond(anchor)))
        else { return anchor + offset.nominal }
        return instant(firstOccurrence(moved)) + subsecond
    }

    /// The moment on the local day of `moment` at which a clock on the wall shows `minute` (minutes since local midnight);
    /// behind the gap where a clock change skips it, the first where it occurs twice.
    package func onSameDay(as moment: Instant, minuteOfDay minute: Int) -> Instant {
        let start = calendar.startOfDay(for: date(moment))
        let parts = DateComponents(hour: minute / 60, minute: minute % 60, second: 0)
        let before = start.addingTimeInterval(-1)
        guard minute > 0,
            let found = calendar.nextDate(
                after: before,
                matching: parts,
                matchingPolicy: .nextTime,
                repeatedTimePolicy: .first
            )
        else { return instant(start) }
        // Foundation goes on to the next day where the gap is shorter than an hour (Lord Howe Island).
        guard calendar.isDate(found, inSameDayAs: start) else {
            return instant(calendar.timeZone.nextDaylightSavingTimeTransition(after: before) ?? found)
        }
        return instant(found)
    }

    /// Minutes since local midnight, as a clock on the wall shows them.
    package func minuteOfDay(_ moment: Instant) -> Int {
        let parts = calendar.dateComponents([.hour, .minute], from: date(moment))
        return (parts.hour ?? 0) * 60 + (parts.minute ?? 0)
    }

    package func weekday(_ moment: Instant) -> Weekdays.Day {
        // Foundation counts from Sunday = 1.
        let number = calendar.component(.weekday, from: date(moment))
        return Weekdays.Day(rawValue: (number + 5) % 7) ?? .mon
    }

    /// The next moment after `moment` at which a clock on the wall shows `minute` (minutes since local midnight).
    package func next(minuteOfDay minute: Int, after moment: Instant) -> Instant {
        let parts = DateComponents(hour: minute / 60, minute: minute % 60, second: 0)
        guard let found = calendar.nextDate(after: date(moment), matching: parts, matchingPolicy: .nextTime)
        else { return moment + .days(1) }
        return instant(found)
    }

    /// The next local midnight, or the first moment of the next day where midnight is skipped.
    package func startOfNextDay(after moment: Instant) -> Instant {
        let today = calendar.startOfDay(for: date(moment))
        guard let tomorrow = calendar.date(byAdding: .day, value: 1, to: today) else { return moment + .days(1) }
        return instant(calendar.startOfDay(for: tomorrow))
    }

    /// Foundation may answer with the second of two equal wall times (clocks set back): the first is wanted.
    private func firstOccurrence(_ moment: Date) -> Date {
        let dayBefore = moment.addingTimeInterval(-86_400)
        guard let change = calendar.timeZone.nextDaylightSavingTimeTransition(after: dayBefore), change <= moment
        else { return moment }
        let before = calendar.timeZone.secondsFromGMT(for: change.addingTimeInterval(-1))
        let after = calendar.timeZone.secondsFromGMT(for: moment)
        let setBack = Double(before - after)
        guard setBack > 0, moment.timeIntervalSince(change) < setBack else { return moment }
        return moment.addingTimeInterval(-setBack)
    }

    private func floorToSecond(_ moment: Instant) -> Instant {
        let remainder = moment.milliseconds % 1000
        return Instant(milliseconds: moment.milliseconds - (remainder < 0 ? remainder + 1000 : remainder))
    }

    private func date(_ moment: Instant) -> Date {
        Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)
    }

    private func instant(_ date: Date) -> Instant {
        Instant(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }
}
