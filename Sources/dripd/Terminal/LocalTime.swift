import DripCore
import Foundation

/// A moment as the operator's clock shows it.
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
        return Date(timeIntervalSince1970: Double(instant.milliseconds) / 1000).formatted(style)
    }
}
