import Glibc

/// A moment as RFC 3339 writes it, to the millisecond, in UTC: `2026-11-24T03:54:12.007Z`.
struct UTCTimestamp: CustomStringConvertible {
    /// Since 1970.
    let milliseconds: Int64

    var description: String {
        let (seconds, fraction) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        var time = time_t(fraction < 0 ? seconds - 1 : seconds)
        var fields = tm()
        gmtime_r(&time, &fields)
        return Self.padded(fields.tm_year + 1900, 4) + "-" + Self.padded(fields.tm_mon + 1, 2) + "-"
            + Self.padded(fields.tm_mday, 2) + "T" + Self.padded(fields.tm_hour, 2) + ":"
            + Self.padded(fields.tm_min, 2) + ":" + Self.padded(fields.tm_sec, 2) + "."
            + Self.padded(CInt(fraction < 0 ? fraction + 1000 : fraction), 3) + "Z"
    }

    private static func padded(_ number: CInt, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
