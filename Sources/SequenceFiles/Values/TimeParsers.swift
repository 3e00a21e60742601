import Channels
import DripCore
import Foundation

/// Parses a local time of day: `08:00`.
enum TimeOfDayParser {
    /// Has no anchors, because other patterns contain it.
    static let pattern = "([01][0-9]|2[0-3]):[0-5][0-9]"

    /// Returns minutes since midnight.
    static func parse(_ text: String) throws(ParseError) -> Int {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let hour = number(parts[0]), let minute = number(parts[1]) else {
            throw ParseError("'\(text)' is not a time of day: write it like '08:00'", suggestion: padded(parts))
        }
        guard hour != 24 || minute != 0 else {
            throw ParseError("'\(text)' is not a time of day", suggestion: "00:00")
        }
        guard hour < 24, minute < 60 else { throw ParseError("'\(text)' is not a time of day: use 00:00 to 23:59") }
        return hour * 60 + minute
    }

    private static func number(_ digits: Substring) -> Int? {
        digits.count == 2 && digits.allSatisfy { ("0"..."9").contains($0) } ? Int(digits) : nil
    }

    /// Returns a suggestion for a short form: `8:00` and `8` → `08:00`.
    private static func padded(_ parts: [Substring]) -> String? {
        guard parts.count <= 2, let hour = Int(parts[0]), (0..<24).contains(hour) else { return nil }
        let minute = parts.count == 2 ? parts[1] : "00"
        guard number(minute) != nil else { return nil }
        return (hour < 10 ? "0\(hour)" : "\(hour)") + ":" + minute
    }
}

/// Parses quiet hours: `21:30-08:00`.
enum QuietParser {
    static let pattern = "^\\s*\(TimeOfDayParser.pattern)\\s*-\\s*\(TimeOfDayParser.pattern)\\s*$"

    static func parse(_ text: String) throws(ParseError) -> QuietHours {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { String($0).trimmed }
        guard parts.count == 2 else {
            throw ParseError("'\(text)' is not a span of local times: write it like '21:30-08:00'")
        }
        let (start, end) = (try TimeOfDayParser.parse(parts[0]), try TimeOfDayParser.parse(parts[1]))
        guard start != end else { throw ParseError("'\(text)' begins and ends at the same time") }
        return QuietHours(start: start, end: end)
    }
}

/// Parses weekdays: `mon-sat`, `mon,wed,fri`.
enum WeekdaysParser {
    static let names = Weekdays.Day.allCases.map { "\($0)" }

    static let pattern: String = {
        let day = "(" + names.map { $0.map { "[\($0)\($0.uppercased())]" }.joined() }.joined(separator: "|") + ")"
        let span = "\\s*\(day)\\s*(-\\s*\(day)\\s*)?"
        return "^\(span)(,\(span))*$"
    }()

    static func parse(_ text: String) throws(ParseError) -> Weekdays {
        var days: Set<Weekdays.Day> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { String($0).trimmed }
            guard ends.count <= 2, !ends.contains("") else {
                throw ParseError("'\(text)' is not a choice of weekdays: write 'mon-sat' or 'mon,wed,fri'")
            }
            let first = try day(ends[0])
            let last = ends.count == 2 ? try day(ends[1]) : first
            // `sat-mon` wraps around the end of the week.
            var day = first.rawValue
            days.insert(first)
            while day != last.rawValue {
                day = (day + 1) % 7
                days.insert(Weekdays.Day.allCases[day])
            }
        }
        return Weekdays(days)
    }

    private static func day(_ word: String) throws(ParseError) -> Weekdays.Day {
        if let index = names.firstIndex(of: word.lowercased()) { return Weekdays.Day.allCases[index] }
        // 'monday' begins with its short name; anything else may be a typo.
        let short = names.first { word.lowercased().hasPrefix($0) }
        throw ParseError(
            "unknown weekday '\(word)': the days are \(names.joined(separator: ", "))",
            suggestion: short ?? Spelling.nearest(to: word, of: names)
        )
    }
}

/// Parses time zones by their names in the tz database.
enum ZoneParser {
    static func parse(_ text: String) throws(ParseError) -> TimeZone {
        // An abbreviation ("EST") or an offset ("GMT+7") would ignore clock changes. Old names with a region
        // ("Asia/Saigon") are as good as new ones.
        if text.contains("/") || text == "UTC", let zone = TimeZone(identifier: text) { return zone }
        throw ParseError("unknown time zone '\(text)': write a region and a city", suggestion: nearest(text))
    }

    private static func nearest(_ text: String) -> String? {
        let known = TimeZone.knownTimeZoneIdentifiers
        let city = (text.split(separator: "/").last.map(String.init) ?? text).replacing(" ", with: "_")
        if vietnam.contains(city.lowercased()) { return "Asia/Ho_Chi_Minh" }
        if let near = Spelling.nearest(to: text, of: known) { return near }
        // A city without its region: 'Ho Chi Minh', 'Berlin'.
        let cities = known.map { String($0[($0.lastIndex(of: "/").map($0.index(after:)) ?? $0.startIndex)...]) }
        guard let near = Spelling.nearest(to: city, of: cities), let index = cities.firstIndex(of: near) else {
            return nil
        }
        return known[index]
    }

    /// Common names for Asia/Ho_Chi_Minh, which is named after only one of its cities.
    private static let vietnam: Set<String> = ["vietnam", "vn", "ict", "hanoi", "ha_noi", "saigon", "sai_gon"]
}

/// Parses `typing:`, the duration of the typing indicator.
enum TypingParser {
    static func parse(_ text: String) throws(ParseError) -> Milliseconds {
        let typing = try OffsetParser.parse(text)
        guard typing.unit == .second, typing.nominal <= MessengerLimits.typing else {
            let most = MessengerLimits.typing.milliseconds / 1000
            throw ParseError("'\(text)' is too long: the typing indicator is shown for at most \(most) s")
        }
        return typing.nominal
    }
}
