/// How long to wait before another try.
///
/// | after attempt | a message waits, ±20 % | after trouble | a page waits, ±20 % |
/// | --- | --- | --- | --- |
/// | 1 | 30 s | 1 | 5 s |
/// | 2 | 2 min | 2 | 10 s |
/// | 3 | 8 min | 3 | 20 s |
/// | 4 | 32 min | n | doubling, at most 10 min |
/// | 5 | it has failed | | |
///
/// Paid messages whose ad account may not send wait 30 min.
/// A page that the platform restricted waits 30 min, 1, 2, 4, 8, then 12 h; one that has used up its allowance as long as
/// the platform says, or 1, 2, 4, 8 … min, at most an hour; a message whose conversation somebody else holds 10, 20, 40, 80,
/// 160 min, then 4 h. Conversations are looked at 30 s, 1, 2, 4, 8, 16, then 30 min after the disk did not take what one showed.
package enum Backoff {
    package static let attempts = 5
    package static let threadAttempts = 12
    private static let pageLimit = Span.minutes(10)

    /// The wait after the `attempt`-th refusal (from 1); nil when it was the last.
    /// - Parameter jitter: from 0 up to 1; spreads what failed together.
    package static func message(after attempt: Int, jitter: Double) -> Span? {
        guard attempt < attempts else { return nil }
        return spread(.seconds(30 << (2 * Int64(attempt - 1))), jitter)
    }

    /// How long a page pauses after `troubles` in a row (from 1).
    package static func page(after troubles: Int, jitter: Double) -> Span {
        spread(doubling(.seconds(5), troubles, atMost: pageLimit), jitter)
    }

    /// The wait after the `attempt`-th time that somebody else held the conversation (from 1); nil when it was the last.
    package static func thread(after attempt: Int, jitter: Double) -> Span? {
        guard attempt < threadAttempts else { return nil }
        return spread(doubling(.minutes(10), attempt, atMost: .hours(4)), jitter)
    }

    /// How long a page pauses that was found restricted `times` times in a row (from 1). Not earlier, by any jitter: each
    /// message that the platform has to refuse may count against the page.
    package static func restriction(after times: Int) -> Span {
        doubling(.minutes(30), times, atMost: .hours(12))
    }

    /// How long a page pauses that has used up its allowance `times` times in a row (from 1), where the platform does not say.
    package static func allowance(after times: Int) -> Span {
        doubling(.minutes(1), times, atMost: .hours(1))
    }

    /// How long no conversation is looked at after the disk did not take `outages` times in a row what one showed (from 1), in real
    /// time: each look asks the platform, which counts its calls; one every few seconds uses up a small page's day in an hour.
    package static func look(after outages: Int) -> Span {
        doubling(.seconds(30), outages, atMost: .minutes(30))
    }

    /// How long a page's paid messages pause whose ad account may not send them, each time that one finds it so.
    package static let account = Span.minutes(30)

    private static func doubling(_ first: Span, _ times: Int, atMost limit: Span) -> Span {
        min(Span(milliseconds: first.milliseconds << Int64(min(times - 1, 10))), limit)
    }

    private static func spread(_ span: Span, _ jitter: Double) -> Span {
        Span(milliseconds: Int64(Double(span.milliseconds) * (0.8 + 0.4 * jitter)))
    }
}
