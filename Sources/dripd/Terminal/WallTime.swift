import DripCore
import Foundation

/// A moment as a clock and a calendar on the wall show it: `Mon 2027-01-04 09:15`.
struct WallTime {
    private let calendar: Calendar
    private let seconds: Bool

    /// - Parameter seconds: with them, where there are any.
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

    /// Reads `2027-01-04 09:15`. nil where that is no moment of this zone.
    func instant(_ text: String) -> Instant? {
        guard let match = text.wholeMatch(of: /(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})/) else { return nil }
        let parts = DateComponents(
            year: Int(match.1),
            month: Int(match.2),
            day: Int(match.3),
            hour: Int(match.4),
            minute: Int(match.5)
        )
        // A 30th of February, or an hour that a clock change skips, would silently be another moment.
        guard let date = calendar.date(from: parts), let instant = Instant(toldSeconds: date.timeIntervalSince1970)
        else { return nil }
        return self.text(instant).hasSuffix("\(match.1)-\(match.2)-\(match.3) \(match.4):\(match.5)") ? instant : nil
    }
}
