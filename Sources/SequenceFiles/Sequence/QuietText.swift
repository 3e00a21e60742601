import DripCore

/// Quiet hours as files write them: `21:30-08:00`.
enum QuietText {
    static let pattern = "^\\s*\(TimeOfDayText.pattern)\\s*-\\s*\(TimeOfDayText.pattern)\\s*$"

    static func parse(_ text: String) throws(Fault) -> QuietHours {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { String($0).trimmed }
        guard parts.count == 2 else {
            throw Fault("'\(text)' is not a span of local times: write it like '21:30-08:00'")
        }
        let (start, end) = (try TimeOfDayText.parse(parts[0]), try TimeOfDayText.parse(parts[1]))
        guard start != end else { throw Fault("'\(text)' begins and ends at the same time") }
        return QuietHours(start: start, end: end)
    }
}
