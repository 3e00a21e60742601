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

    /// The first moment, `moment` or later, at which sending is allowed.
    package func earliest(from moment: Instant) -> Instant {
        if quiet == nil && days == .all { return moment }
        var candidate = moment
        // A day has at most one change from forbidden to allowed by hour and a week at least one allowed day, so that
        // two looks a day for eight days always find it.
        for _ in 0..<16 {
            if !days.contains(calendar.weekday(candidate)) {
                candidate = calendar.startOfNextDay(after: candidate)
            } else if let quiet, quiet.contains(minute: calendar.minuteOfDay(candidate)) {
                candidate = calendar.next(minuteOfDay: quiet.end, after: candidate)
            } else {
                return candidate
            }
        }
        return candidate
    }
}
