/// Local times of day in which nothing is sent: from `start` up to, but not including, `end`. They may span midnight.
package struct QuietHours: Hashable, Sendable {
    /// Minutes since local midnight, 0…1439.
    package let start: Int
    package let end: Int

    /// - Precondition: both are within 0…1439 and differ: no quiet hours at all, or a whole day of them, is a mistake
    ///   in the file.
    package init(start: Int, end: Int) {
        precondition((0..<1440).contains(start) && (0..<1440).contains(end) && start != end)
        self.start = start
        self.end = end
    }

    package func contains(minute: Int) -> Bool {
        start < end ? (start..<end).contains(minute) : minute >= start || minute < end
    }
}

extension QuietHours: CustomStringConvertible {
    /// As a sequence file writes it: `21:30-08:00`.
    package var description: String { "\(TimeOfDay.text(start))-\(TimeOfDay.text(end))" }
}

/// The times at which a sequence sends: outside its quiet hours, on its weekdays, in the zone that applies.
package struct SendingHours: Sendable {
    private let quiet: QuietHours?
    private let days: Weekdays
    private let calendar: LocalCalendar

    package init(quiet: QuietHours?, days: Weekdays, calendar: LocalCalendar) {
        self.quiet = quiet
        self.days = days
        self.calendar = calendar
    }

    /// Returns the first moment, `moment` or later, at which sending is allowed. If the day is not allowed, that is on
    /// the next allowed day, at the same time of day.
    /// - Parameter model: the moment with that time of day; nil for `moment`.
    package func earliest(from moment: Instant, atTimeOf model: Instant? = nil) -> Instant {
        earliest(from: moment) { calendar.instant(daysAfter: moment, $0, atTimeOf: model ?? moment) }
    }

    /// Returns the first moment, `moment` or later, at which sending is allowed.
    /// - Parameter later: the wanted moment that many days after `moment`.
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
        // After a clock change, the end may be within quiet hours again.
        for _ in 0..<4 where quiet.contains(minute: calendar.minuteOfDay(moment)) {
            moment = calendar.next(minuteOfDay: quiet.end, after: moment)
        }
        return moment
    }
}

/// The local weekdays on which a sequence sends. Never empty.
package struct Weekdays: Hashable, Sendable {
    /// In the order of a written week, Monday first.
    package enum Day: Int, CaseIterable, Sendable {
        case mon
        case tue
        case wed
        case thu
        case fri
        case sat
        case sun
    }

    package static let all = Weekdays(Set(Day.allCases))

    private let bits: UInt8

    /// - Precondition: at least one day.
    package init(_ days: Set<Day>) {
        precondition(!days.isEmpty)
        bits = days.reduce(0) { $0 | 1 << UInt8($1.rawValue) }
    }

    package func contains(_ day: Day) -> Bool {
        bits & 1 << UInt8(day.rawValue) != 0
    }
}

extension Weekdays: CustomStringConvertible {
    /// As a sequence file may write it: `mon,wed,fri`.
    package var description: String {
        Day.allCases.filter(contains).map { "\($0)" }.joined(separator: ",")
    }
}
