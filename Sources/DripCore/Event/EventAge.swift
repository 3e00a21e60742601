/// How long ago an event happened when it came in, which decides what it may still cause.
///
/// The platform sends a webhook again for a day and more after an outage, and whoever has a signed body can send it again for ever.
/// So an event's own time counts, not the moment of receipt.
package enum EventAge: Hashable, Sendable {
    /// A day old at most: it causes all that its kind causes.
    case current
    /// Older than a day. It is recorded, and what it stops is stopped; it opens no window, starts nothing and takes back no stop.
    case past
    /// Older than the keys of events are kept, so that nobody can tell whether it came before. It is dropped.
    case expired

    /// The length of the standard window: after that a message permits nothing any more.
    package static let longestCurrent = Span.days(1)

    /// How long the key of an event is kept.
    package static let longestKept = Span.days(45)

    /// - Parameter at: when it happened, as `EventTime` says.
    package init(at: Instant, now: Instant) {
        let age = now - at
        self = age > Self.longestKept ? .expired : age > Self.longestCurrent ? .past : .current
    }
}

/// What decides over an event that is older than a day, besides the event.
package struct PastEvent: Hashable, Sendable {
    /// When the person, or an operator for them, last took a stop or a pause back: a stop that was written before that is void.
    package let resumedAt: Instant?

    package init(resumedAt: Instant?) {
        self.resumedAt = resumedAt
    }
}

extension Catalog {
    /// Whether an event says that its person wants nothing more, by itself: for somebody of whom nothing is known any more.
    package func asksToStop(_ event: Event, saying words: EventWords) -> Bool {
        if let tap = event.kind.payload.flatMap(Tap.init) { return tap == .stop }
        guard case .message = event.kind, let phrase = words.phrase else { return false }
        return optOut.reading(of: phrase) == .stop
    }
}
