/// The waits before another attempt.
///
/// | after attempt | a message waits, ±20 % | after failure | a page waits, ±20 % |
/// | --- | --- | --- | --- |
/// | 1 | 30 s | 1 | 5 s |
/// | 2 | 2 min | 2 | 10 s |
/// | 3 | 8 min | 3 | 20 s |
/// | 4 | 32 min | n | doubling, at most 10 min |
/// | 5 | it has failed | | |
///
/// - Paid messages whose ad account may not send wait 30 min.
/// - A restricted page waits 30 min, then 1, 2, 4, 8, then 12 h.
/// - A page that has used up its allowance waits as long as the platform says, or 1, 2, 4, 8 … min, at most an hour.
/// - A message whose conversation another app holds waits 10, 20, 40, 80, 160 min, then 4 h.
/// - Checks of conversations wait 30 s, 1, 2, 4, 8, 16, then 30 min after a result could not be written to disk.
package enum Backoff {
    package static let attempts = 5
    package static let threadAttempts = 12
    private static let pageLimit = Milliseconds.minutes(10)

    /// Returns the wait after the `attempt`-th refusal (from 1); nil after the last attempt.
    /// - Parameter jitter: from 0 up to 1; spreads the retries of messages that failed together.
    package static func message(after attempt: Int, jitter: Double) -> Milliseconds? {
        guard attempt < attempts else { return nil }
        return spread(.seconds(30 << (2 * Int64(attempt - 1))), jitter)
    }

    /// Returns how long a page pauses after `troubles` failures in a row (from 1).
    package static func page(after troubles: Int, jitter: Double) -> Milliseconds {
        spread(doubling(.seconds(5), troubles, atMost: pageLimit), jitter)
    }

    /// Returns the wait after another app held the conversation for the `attempt`-th time (from 1); nil after the last
    /// attempt.
    package static func thread(after attempt: Int, jitter: Double) -> Milliseconds? {
        guard attempt < threadAttempts else { return nil }
        return spread(doubling(.minutes(10), attempt, atMost: .hours(4)), jitter)
    }

    /// Returns how long a page pauses after it was found restricted `times` times in a row (from 1). Without jitter,
    /// because each message that the platform has to refuse may count against the page.
    package static func restriction(after times: Int) -> Milliseconds {
        doubling(.minutes(30), times, atMost: .hours(12))
    }

    /// Returns how long a page pauses after it used up its allowance `times` times in a row (from 1), if the platform
    /// does not say.
    package static func allowance(after times: Int) -> Milliseconds {
        doubling(.minutes(1), times, atMost: .hours(1))
    }

    /// Returns how long no conversation is checked after `outages` failed writes in a row (from 1), in real time. Each
    /// check calls the platform, which counts calls: one every few seconds uses up a small page's day in an hour.
    package static func look(after outages: Int) -> Milliseconds {
        doubling(.seconds(30), outages, atMost: .minutes(30))
    }

    /// The pause of a page's paid messages each time that one finds the ad account unable to send.
    package static let account = Milliseconds.minutes(30)

    private static func doubling(_ first: Milliseconds, _ times: Int, atMost limit: Milliseconds) -> Milliseconds {
        min(Milliseconds(first.milliseconds << Int64(min(times - 1, 10))), limit)
    }

    private static func spread(_ span: Milliseconds, _ jitter: Double) -> Milliseconds {
        Milliseconds(Int64(Double(span.milliseconds) * (0.8 + 0.4 * jitter)))
    }
}
