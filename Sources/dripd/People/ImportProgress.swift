/// How far an import has come, for people who wait: on a terminal one line that grows, in a log a line every ten seconds and at the end.
struct ImportProgress {
    private static let interval = Duration.seconds(10)
    /// A file of so few is one transaction, and over before anybody could read of it.
    private static let fewest = 5_000

    private let total: Int
    private let isTerminal: Bool
    private var last: ContinuousClock.Instant

    init(total: Int, isTerminal: Bool, now: ContinuousClock.Instant) {
        self.total = total
        self.isTerminal = isTerminal
        last = now
    }

    /// What to write after so many people are taken; nil: nothing.
    mutating func line(after count: Int, now: ContinuousClock.Instant) -> String? {
        guard total > Self.fewest else { return nil }
        let isEnd = count >= total
        guard isTerminal || isEnd || now - last >= Self.interval else { return nil }
        last = now
        return "\(count) of \(total)"
    }
}
