/// Whose clock dates an event.
package enum EventTime: Sendable {
    /// The platform's timestamp, however old: a webhook that was retried through an outage starts the person's clock when they
    /// wrote, and one that is sent again after a year is a year old. `EventAge` says what it may still cause.
    case platform
    /// The moment of receipt: on a fast clock the sender's timestamps belong to another time.
    case receipt

    package func instant(of event: Event, receivedAt now: Instant) -> Instant {
        guard self == .platform, let at = event.at else { return now }
        // A receipt is about what was sent: it has reached nothing that is sent from now on.
        switch event.kind {
        case .delivered, .read: return min(at, now)
        // The platform's clock may be a little ahead of ours. What claims to be of the future happened now, at the latest.
        default: return at <= now + ClockCheck.tolerance ? at : now
        }
    }
}
