/// Makes ids that differ from run to run. Otherwise a daemon that outlives a sandbox would mistake new messages for
/// messages that it already knows.
struct IdentifierSource: Sendable {
    private let run: UInt64
    private var count: UInt64 = 0

    init(run: UInt64) {
        self.run = run
    }

    mutating func messageID() -> String {
        "m_" + suffix()
    }

    mutating func traceID() -> String {
        "A" + suffix()
    }

    /// Returns sixteen digits, like a page-scoped id.
    mutating func personID() -> String {
        count += 1
        return String(2_000_000_000_000_000 + run % 10_000_000_000 * 100_000 + count % 100_000)
    }

    /// Returns eighteen digits, like the id of a comment or attachment.
    mutating func objectID() -> String {
        count += 1
        return String(300_000_000_000_000_000 + run % 10_000_000 * 10_000_000_000 + count % 10_000_000_000)
    }

    private mutating func suffix() -> String {
        count += 1
        return String(run, radix: 36) + "-" + String(count)
    }
}
