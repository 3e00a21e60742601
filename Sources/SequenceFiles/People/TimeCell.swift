import DripCore
import Foundation

/// A time in a table: in the form of RFC 3339 or of a spreadsheet, or in milliseconds since 1970.
struct TimeCell: Hashable {
    /// The order of day and month: `28/11/2026` or `11/28/2026`.
    enum Order: Hashable {
        case dayFirst
        case monthFirst
    }

    let instant: Instant
    /// The order of this date; nil if it has none.
    let order: Order?
    /// Whether both orders give a date: `05/11/2026`.
    let isAmbiguous: Bool

    static let form = "write 2026-11-22T10:00:00+07:00, or milliseconds since 1970"

    /// - Parameters:
    ///   - zone: the time zone of times without one; nil to refuse such times.
    ///   - order: the order of ambiguous dates.
    init(_ text: String, zone: TimeZone?, order: Order?) throws(ParseError) {
        if let number = Int64(text) {
            guard let instant = Instant(external: number) else {
                throw ParseError("'\(text)' is not a time: \(Self.form)")
            }
            self.init(instant)
        } else if let (date, time) = Self.written(text) {
            self.init(try Self.instant(text, date, time, zone))
        } else if let slashed = Self.slashed(text, order) {
            let instant = try Self.instant(text, slashed.date, slashed.time, zone)
            self.init(instant, order: slashed.order, isAmbiguous: slashed.isAmbiguous)
        } else if let instant = Instant(text) {
            self.init(instant)
        } else {
            throw ParseError("'\(text)' is not a time: \(Self.form)")
        }
        // Messenger did not exist before 1973, so such numbers are seconds.
        guard instant.milliseconds >= 100_000_000_000 else {
            throw ParseError("'\(text)' is too long ago: \(Self.form)")
        }
    }

    private init(_ instant: Instant, order: Order? = nil, isAmbiguous: Bool = false) {
        self.instant = instant
        self.order = order
        self.isAmbiguous = isAmbiguous
    }

    private static func instant(
        _ text: String,
        _ date: Day,
        _ time: Clock,
        _ zone: TimeZone?
    ) throws(ParseError) -> Instant {
        guard let offset = time.offset ?? zone.map({ Self.offset(of: $0, date, time) }) else {
            throw ParseError("'\(text)' has no time zone: pass --timezone Asia/Ho_Chi_Minh, or \(form)")
        }
        return Instant(milliseconds: (date.days * 86_400 + time.seconds - offset) * 1000 + time.milliseconds)
    }

    // MARK: Parts

    private struct Day {
        let year: Int
        let month: Int
        let day: Int

        init?(_ year: Int, _ month: Int, _ day: Int) {
            guard (1970...9999).contains(year), (1...12).contains(month) else { return nil }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            guard day >= 1, day <= lengths[month - 1] else { return nil }
            (self.year, self.month, self.day) = (year, month, day)
        }

        /// Days since 1970-01-01 in the Gregorian calendar.
        /// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
        var days: Int64 {
            let shifted = month <= 2 ? year - 1 : year
            let era = shifted / 400
            let yearOfEra = shifted - era * 400
            let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
            let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            return Int64(era * 146_097 + dayOfEra - 719_468)
        }
    }

    private struct Clock {
        var seconds: Int64 = 0
        var milliseconds: Int64 = 0
        /// The offset from UTC in seconds; nil if the text has none.
        var offset: Int64?
    }

    /// Parses `2026-11-28T09:30:00.000+07:00`. A space may replace the T, and the parts after the minutes are optional.
    private static func written(_ text: String) -> (date: Day, time: Clock)? {
        var scanner = Scanner(text)
        guard let year = scanner.number(4), scanner.skip("-"), let month = scanner.number(2), scanner.skip("-"),
            let day = scanner.number(2), let date = Day(year, month, day), let time = scanner.clock()
        else { return nil }
        return (date, time)
    }

    private struct Slashed {
        let date: Day
        let time: Clock
        /// nil if both orders give the same day.
        let order: Order?
        let isAmbiguous: Bool
    }

    /// Parses `28/11/2026 09:30`, `28-11-2026`, `28.11.2026` and `11/28/2026 9:30 AM`.
    private static func slashed(_ text: String, _ order: Order?) -> Slashed? {
        var scanner = Scanner(text)
        guard let first = scanner.number(), let mark = scanner.skip(anyOf: "/-."), let second = scanner.number(),
            scanner.skip(mark), let year = scanner.number(4), let time = scanner.clock()
        else { return nil }
        let (dayFirst, monthFirst) = (Day(year, second, first), Day(year, first, second))
        switch (dayFirst, monthFirst) {
        case (nil, nil): return nil
        case (let date?, nil): return Slashed(date: date, time: time, order: .dayFirst, isAmbiguous: false)
        case (nil, let date?): return Slashed(date: date, time: time, order: .monthFirst, isAmbiguous: false)
        case (let day?, let month?):
            guard first != second else { return Slashed(date: day, time: time, order: nil, isAmbiguous: false) }
            let order = order ?? .dayFirst
            return Slashed(date: order == .dayFirst ? day : month, time: time, order: order, isAmbiguous: true)
        }
    }

    /// Returns the offset of a local time. In the gap of a clock change, the offset before the change applies.
    private static func offset(of zone: TimeZone, _ day: Day, _ time: Clock) -> Int64 {
        let local = Double(day.days * 86_400 + time.seconds)
        let guess = zone.secondsFromGMT(for: Date(timeIntervalSince1970: local))
        return Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: local - Double(guess))))
    }

    private struct Scanner {
        private var rest: Substring.UTF8View

        init(_ text: String) {
            rest = text[...].utf8
        }

        var isAtEnd: Bool { rest.isEmpty }

        /// Reads `count` digits; one or two if `count` is nil.
        mutating func number(_ count: Int? = nil) -> Int? {
            let digits = rest.prefix(count ?? 2).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard !digits.isEmpty, digits.count == count ?? digits.count else { return nil }
            rest = rest.dropFirst(digits.count)
            return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard let byte = rest.first, byte == UInt8(ascii: character) else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func skip(anyOf characters: String) -> Unicode.Scalar? {
            characters.unicodeScalars.first { rest.first == UInt8(ascii: $0) }.flatMap { skip($0) ? $0 : nil }
        }

        /// Reads a time of day up to the end of the text; midnight if the text has ended.
        mutating func clock() -> Clock? {
            var clock = Clock()
            if isAtEnd { return clock }
            guard skip("T") || skip("t") || skip(" ") else { return nil }
            while skip(" ") {}
            guard var hour = number(), skip(":"), let minute = number(2), minute < 60 else { return nil }
            var second = 0
            if skip(":") {
                guard let number = number(2), number < 60 else { return nil }
                second = number
                if skip(".") || skip(",") {
                    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                    guard !digits.isEmpty else { return nil }
                    let three = digits.prefix(3).reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
                    clock.milliseconds = three * [100, 10, 1][min(digits.count, 3) - 1]
                    rest = rest.dropFirst(digits.count)
                }
            }
            while skip(" ") {}
            if let isAfternoon = half() {
                guard (1...12).contains(hour) else { return nil }
                hour = hour % 12 + (isAfternoon ? 12 : 0)
            }
            guard hour < 24 else { return nil }
            clock.seconds = Int64(hour * 3600 + minute * 60 + second)
            if isAtEnd { return clock }
            guard let offset = offset(), isAtEnd else { return nil }
            clock.offset = offset
            return clock
        }

        /// Reads AM or PM, in Vietnamese SA or CH. Returns whether it is the afternoon.
        private mutating func half() -> Bool? {
            for (word, isAfternoon) in [("AM", false), ("PM", true), ("SA", false), ("CH", true)]
            where Substring(rest).uppercased() == word {
                rest = rest.dropFirst(rest.count)
                return isAfternoon
            }
            return nil
        }

        private mutating func offset() -> Int64? {
            if skip("Z") || skip("z") { return 0 }
            let sign: Int64
            if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
            guard let hours = number(2), hours < 24 else { return nil }
            _ = skip(":")
            guard isAtEnd || rest.count == 2, let minutes = isAtEnd ? 0 : number(2), minutes < 60 else { return nil }
            return sign * Int64(hours * 3600 + minutes * 60)
        }
    }
}
