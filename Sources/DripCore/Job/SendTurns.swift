/// Whose turn it is when a page's jobs are looked at: what may go of each kind now, and when the rest may.
package struct SendTurns: Sendable {
    private let now: Instant
    private let rates: [SendKind: RateWindow]
    /// How many of each kind have asked for their turn.
    private var asked: [SendKind: Int] = [:]

    /// - Parameter rates: a kind that is not in it has no limit of its own.
    package init(_ rates: [SendKind: RateWindow], at now: Instant) {
        self.now = now
        self.rates = rates
    }

    /// Takes the next turn of a kind.
    /// - Returns: when it is; `now` if that is now.
    package mutating func take(_ kind: SendKind) -> Instant {
        guard let rate = rates[kind] else { return now }
        defer { asked[kind, default: 0] += 1 }
        return rate.turn(asked[kind, default: 0], at: now)
    }
}
