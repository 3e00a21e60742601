/// Whose turn it is when a page's jobs are looked at: what may go of each kind now, and when the rest may.
package struct SendTurns: Sendable {
    private let now: Instant
    private var kinds: [SendKind: (rate: RateWindow, asked: Int)]

    /// - Parameter rates: a kind that is not in it has no limit of its own.
    package init(_ rates: [SendKind: RateWindow], at now: Instant) {
        self.now = now
        kinds = rates.mapValues { ($0, 0) }
    }

    /// Takes the next turn of a kind.
    /// - Returns: when it is; `now` if that is now.
    package mutating func take(_ kind: SendKind) -> Instant {
        guard let (rate, asked) = kinds[kind] else { return now }
        kinds[kind]?.asked += 1
        return rate.turn(asked, at: now)
    }
}
