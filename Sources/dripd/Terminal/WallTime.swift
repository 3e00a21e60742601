import DripCore
import Foundation

/// The local time of an instant: `Mon 2027-01-04 09:15`.
struct WallTime {
    private let calendar: Calendar
    private let seconds: Bool

    /// - Parameter seconds: whether to show seconds that are not 0.
    init(_ zone: TimeZone, seconds: Bool) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        self.calendar = calendar
        self.seconds = seconds
    }

    func text(_ instant: Instant) -> String {
        let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000)
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second, .weekday], from: date)
        // Foundation counts from Sunday = 1.
        let weekday = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][((parts.weekday ?? 1) - 1) % 7]
        let day = "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))"
        let minute = "\(weekday) \(day) \(two(parts.hour)):\(two(parts.minute))"
        return seconds && parts.second != 0 ? "\(minute):\(two(parts.second))" : minute
    }

    private func two(_ number: Int?) -> String {
        let number = number ?? 0
        return number < 10 ? "0\(number)" : "\(number)"
    }

    /// Parses `2027-01-04 09:15`.
    /// - Returns: nil if this time does not exist in the zone.
    func instant(_ text: String) -> Instant? {
        guard let match = text.wholeMatch(of: /(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})/) else { return nil }
        let parts = DateComponents(
            year: Int(match.1),
            month: Int(match.2),
            day: Int(match.3),
            hour: Int(match.4),
            minute: Int(match.5)
        )
        // Foundation silently moves February 30 or an hour that a clock change skips, so the result is compared with the text.
        guard let date = calendar.date(from: parts), let instant = Instant(toldSeconds: date.timeIntervalSince1970)
        else { return nil }
        return self.text(instant).hasSuffix("\(match.1)-\(match.2)-\(match.3) \(match.4):\(match.5)") ? instant : nil
    }
}

/// The local time of an instant in the shop's zone, with the offset: `2027-01-04 09:15:00+07`.
enum LocalTime {
    static func text(_ instant: Instant, _ zone: TimeZone) -> String {
        var style = Date.VerbatimFormatStyle(
            format: """
                \(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits) \
                \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits)
                """,
            timeZone: zone,
            calendar: Calendar(identifier: .gregorian)
        )
        style.locale = Locale(identifier: "en_US_POSIX")
        let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000)
        return date.formatted(style) + offset(zone.secondsFromGMT(for: date) / 60)
    }

    /// Returns an offset such as `+07`, `-03` or `+05:30`.
    private static func offset(_ minutes: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (hours, rest) = abs(minutes).quotientAndRemainder(dividingBy: 60)
        return (minutes < 0 ? "-" : "+") + two(hours) + (rest == 0 ? "" : ":\(two(rest))")
    }
}
