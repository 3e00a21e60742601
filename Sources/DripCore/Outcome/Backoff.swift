/// How long to wait before another try.
///
/// | after attempt | a message waits, ±20 % | after trouble | a page waits, ±20 % |
/// | --- | --- | --- | --- |
/// | 1 | 30 s | 1 | 5 s, or as long as the platform asks |
/// | 2 | 2 min | 2 | 10 s |
/// | 3 | 8 min | 3 | 20 s |
/// | 4 | 32 min | n | doubling, at most 10 min |
/// | 5 | it has failed | | |
package enum Backoff {
    package static let attempts = 5
    private static let pageLimit = Span.minutes(10)

    /// The wait after the `attempt`-th refusal (from 1); nil when it was the last.
    /// - Parameter jitter: from 0 up to 1; spreads what failed together.
    package static func message(after attempt: Int, jitter: Double) -> Span? {
        guard attempt < attempts else { return nil }
        return spread(.seconds(30 << (2 * Int64(attempt - 1))), jitter)
    }

    /// How long a page pauses after `troubles` in a row (from 1).
    package static func page(after troubles: Int, jitter: Double) -> Span {
        spread(min(.seconds(5 << Int64(min(troubles - 1, 10))), pageLimit), jitter)
    }

    private static func spread(_ span: Span, _ jitter: Double) -> Span {
        Span(milliseconds: Int64(Double(span.milliseconds) * (0.8 + 0.4 * jitter)))
    }
}
