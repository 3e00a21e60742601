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
