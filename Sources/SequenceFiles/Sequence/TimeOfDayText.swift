/// A local time of day as files write it: `08:00`.
enum TimeOfDayText {
    /// Without its ends: it stands within others.
    static let pattern = "([01][0-9]|2[0-3]):[0-5][0-9]"

    /// Minutes since midnight.
    static func parse(_ text: String) throws(Fault) -> Int {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let hour = number(parts[0]), let minute = number(parts[1]) else {
            throw Fault("'\(text)' is not a time of day: write it like '08:00'", suggestion: padded(parts))
        }
        guard hour != 24 || minute != 0 else {
            throw Fault("'\(text)' is not a time of day", suggestion: "00:00")
        }
        guard hour < 24, minute < 60 else { throw Fault("'\(text)' is not a time of day: there is 00:00 to 23:59") }
        return hour * 60 + minute
    }

    private static func number(_ digits: Substring) -> Int? {
        digits.count == 2 && digits.allSatisfy { ("0"..."9").contains($0) } ? Int(digits) : nil
    }

    /// `8:00` and `8` → `08:00`.
    private static func padded(_ parts: [Substring]) -> String? {
        guard parts.count <= 2, let hour = Int(parts[0]), (0..<24).contains(hour) else { return nil }
        let minute = parts.count == 2 ? parts[1] : "00"
        guard number(minute) != nil else { return nil }
        return (hour < 10 ? "0\(hour)" : "\(hour)") + ":" + minute
    }
}
