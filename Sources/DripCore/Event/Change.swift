/// What an event causes, as data: the store performs it in the event's own transaction, in this order.
package enum Change: Hashable, Sendable {
    /// The person wrote for the first time.
    case firstMessage(at: Instant)
    /// The standard window is open until then. Wakes what waited for it, and makes the person reachable again.
    case openWindow(until: Instant)
    /// The person wrote or tapped.
    case wrote(at: Instant)
    /// What was sent until then reached the person, and where `read` says so, they saw it.
    case received(until: Instant, read: Bool)
    /// Somebody of the team wrote to the person by hand.
    case humanWrote(at: Instant)
    case tag(String)
    /// All that the person has now.
    case subscriptions([Subscription])
    /// What the person said of themselves, such as `phone`.
    case attribute(String, value: String)
    /// The person's way through this sequence is over; the step that waits is skipped for this reason.
    case end(sequence: String, SkipReason)
    /// The person wants nothing more: every way is over.
    case stop(at: Instant)
    /// The person may want nothing more: nothing is sent to them until they, or an operator, say which.
    case pause(at: Instant)
    /// The person wants messages again, by a word of their own.
    case resume(at: Instant)
    case enroll(NewEnrollment)
    /// The person would begin this sequence, and has had too many rounds of it within a day.
    case begunTooOften(sequence: String)
    /// The platform shows that this delivery reached it, whatever we thought.
    /// - Parameter address: whose it says that it was.
    case confirm(DeliveryKey, messageID: String, address: String?)
}

/// An enrollment that is about to be made, with its first step.
package struct NewEnrollment: Hashable, Sendable {
    package let sequence: String
    package let round: Int
    package let anchor: Instant
    package let cause: StartCause
    package let first: DueStep
    /// The version that it is pinned to, as its hash; nil: it follows the file.
    package let version: String?

    package init(
        sequence: String,
        round: Int,
        anchor: Instant,
        cause: StartCause,
        first: DueStep,
        version: String? = nil
    ) {
        self.sequence = sequence
        self.round = round
        self.anchor = anchor
        self.cause = cause
        self.first = first
        self.version = version
    }
}
