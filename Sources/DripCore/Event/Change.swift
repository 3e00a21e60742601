/// What an event causes, as data: the store performs it in the event's own transaction.
package enum Change: Hashable, Sendable {
    /// The person wrote for the first time.
    case firstMessage(at: Instant)
    /// The standard window is open until then. Wakes what waited for it, and makes the person reachable again.
    case openWindow(until: Instant)
    case enroll(NewEnrollment)
    /// The platform shows that this delivery reached it, whatever we thought.
    case confirm(DeliveryKey, messageID: String)
}

/// An enrollment that is about to be made, with its first step.
package struct NewEnrollment: Hashable, Sendable {
    package let sequence: String
    package let round: Int
    package let anchor: Instant
    package let cause: StartCause
    package let first: DueStep

    package init(sequence: String, round: Int, anchor: Instant, cause: StartCause, first: DueStep) {
        self.sequence = sequence
        self.round = round
        self.anchor = anchor
        self.cause = cause
        self.first = first
    }
}
