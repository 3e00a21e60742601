import DripCore
import Foundation

/// A moment as the shop's clocks show it, and in which zone: `2027-01-04 09:15:00+07`.
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

    /// `+07`, `-03`, `+05:30`.
    private static func offset(_ minutes: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (hours, rest) = abs(minutes).quotientAndRemainder(dividingBy: 60)
        return (minutes < 0 ? "-" : "+") + two(hours) + (rest == 0 ? "" : ":\(two(rest))")
    }
}
