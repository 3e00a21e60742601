/// The clock that dates an event.
package enum EventTime: Sendable {
    /// The platform's timestamp, however old. A webhook retried through an outage starts the person's clock when they
    /// wrote, and one replayed after a year is a year old. `EventAge` decides what it may still cause.
    case platform
    /// The time of receipt, for an accelerated clock: the platform's timestamps do not follow it.
    case receipt

    package func instant(of event: Event, receivedAt now: Instant) -> Instant {
        guard self == .platform, let at = event.at else { return now }
        // A receipt must not confirm messages that are yet to be sent.
        switch event.kind {
        case .delivered, .read: return min(at, now)
        // The platform's clock may be slightly ahead of ours. A timestamp further in the future counts as now.
        default: return at <= now + ClockCheck.tolerance ? at : now
        }
    }
}

/// The age of an event at its receipt, which decides what it may still cause.
///
/// The platform retries webhooks for more than a day after an outage, and anyone with a signed body can replay it
/// forever. So the event's own time counts, not the time of receipt.
package enum EventAge: Hashable, Sendable {
    /// At most a day old. Causes everything that its kind causes.
    case current
    /// Older than a day. It is recorded and whatever it stops is stopped, but it opens no window, starts nothing and
    /// lifts no stop.
    case past
    /// Older than event keys are kept, so a duplicate cannot be recognised. It is dropped.
    case expired

    /// The length of the standard window: an older message permits nothing.
    package static let longestCurrent = Milliseconds.days(1)

    /// How long event keys are kept.
    package static let longestKept = Milliseconds.days(45)

    /// - Parameter at: when it happened, by `EventTime`.
    package init(at: Instant, now: Instant) {
        let age = now - at
        self = age > Self.longestKept ? .expired : age > Self.longestCurrent ? .past : .current
    }
}

/// The facts that decide an event older than a day, besides the event itself.
package struct PastEvent: Hashable, Sendable {
    /// When the person, or an operator for them, last lifted a stop or a pause. A stop written before that is void.
    package let resumedAt: Instant?

    package init(resumedAt: Instant?) {
        self.resumedAt = resumedAt
    }
}

extension Catalog {
    /// Returns whether an event by itself opts its person out. For people whose data has been erased.
    package func asksToStop(_ event: Event, saying words: EventWords) -> Bool {
        if let tap = event.kind.payload.flatMap(Tap.init) { return tap == .stop }
        guard case .message = event.kind, let phrase = words.phrase else { return false }
        return optOut.reading(of: phrase) == .stop
    }
}
