/// Whose clock dates an event.
package enum EventTime: Sendable {
    /// The platform's timestamp, as long as it is believable. A webhook that was retried through an outage then still
    /// starts the person's clock when they wrote, not when we heard of it.
    case platform
    /// The moment of receipt: on a fast clock the sender's timestamps belong to another time.
    case receipt

    /// The platform retries a webhook for hours, not for days; what is older than this, or from the future, is not the
    /// time at which somebody wrote.
    package static let believableAge = Span.days(3)

    package func instant(of event: Event, receivedAt now: Instant) -> Instant {
        guard self == .platform, let at = event.at else { return now }
        // A receipt's time is a message's of ours, which may be old when its person comes to see it.
        switch event.kind {
        case .delivered, .read: return min(at, now)
        // The platform's clock may be a little ahead of ours. By ours the person's messages would be sent too early.
        default: return (now - Self.believableAge...now + ClockCheck.tolerance).contains(at) ? at : now
        }
    }
}
