/// When a sequence sends at all: outside its quiet hours, on its weekdays, in the zone that applies.
package struct SendingHours: Sendable {
    private let quiet: QuietHours?
    private let days: Weekdays
    private let calendar: LocalCalendar

    package init(quiet: QuietHours?, days: Weekdays, calendar: LocalCalendar) {
        self.quiet = quiet
        self.days = days
        self.calendar = calendar
    }

    /// The first moment, `moment` or later, at which sending is allowed. Where the day is not, the next day that is, at the
    /// same time of day.
    /// - Parameter model: whose time of day that is; nil: `moment`'s.
    package func earliest(from moment: Instant, atTimeOf model: Instant? = nil) -> Instant {
        earliest(from: moment) { calendar.instant(daysAfter: moment, $0, atTimeOf: model ?? moment) }
    }

    /// - Parameter later: what is wanted that many days after `moment`.
    func earliest(from moment: Instant, later: (Int) -> Instant) -> Instant {
        if quiet == nil && days == .all { return moment }
        var candidate = moment
        // Quiet hours may end on the next day, and a week has at least one day.
        for count in 0...8 {
            candidate = endOfQuiet(max(moment, count == 0 ? moment : later(count)))
            if days.contains(calendar.weekday(candidate)) { return candidate }
        }
        return candidate
    }

    private func endOfQuiet(_ moment: Instant) -> Instant {
        guard let quiet else { return moment }
        var moment = moment
        // Where the clocks change, the end may lie in quiet hours again.
        for _ in 0..<4 where quiet.contains(minute: calendar.minuteOfDay(moment)) {
            moment = calendar.next(minuteOfDay: quiet.end, after: moment)
        }
        return moment
    }
}
