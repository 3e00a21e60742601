/// Makes ids that differ from run to run, so that a daemon which outlives the sandbox never takes a new message for
/// one that it has seen.
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

    /// Sixteen digits, as page-scoped ids have.
    mutating func personID() -> String {
        count += 1
        return String(2_000_000_000_000_000 + run % 10_000_000_000 * 100_000 + count % 100_000)
    }

    /// Eighteen digits, as comments and attachments have.
    mutating func objectID() -> String {
        count += 1
        return String(300_000_000_000_000_000 + run % 10_000_000 * 10_000_000_000 + count % 10_000_000_000)
    }

    private mutating func suffix() -> String {
        count += 1
        return String(run, radix: 36) + "-" + String(count)
    }
}
