import DripCore

/// Quiet hours as files write them: `21:30-08:00`.
enum QuietText {
    static func parse(_ text: String) throws(Fault) -> QuietHours {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { String($0).trimmed }
        guard parts.count == 2 else {
            throw Fault("'\(text)' is not a span of local times: write it like '21:30-08:00'")
        }
        let (start, end) = (try minute(parts[0]), try minute(parts[1]))
        guard start != end else { throw Fault("'\(text)' begins and ends at the same time") }
        return QuietHours(start: start, end: end)
    }

    /// Minutes since midnight.
    private static func minute(_ text: String) throws(Fault) -> Int {
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
