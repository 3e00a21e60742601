/// One effect of an event, as data. The store applies the changes in array order, in the event's own transaction.
package enum Change: Hashable, Sendable {
    /// The person wrote for the first time.
    case firstMessage(at: Instant)
    /// The standard window is open until then. Wakes the jobs that waited for it and makes the person reachable again.
    case openWindow(until: Instant)
    /// The person wrote or tapped.
    case wrote(at: Instant)
    /// Messages sent until then reached the person; if `read` is set, the person saw them.
    case received(until: Instant, read: Bool)
    /// A team member wrote to the person by hand.
    case humanWrote(at: Instant)
    case tag(String)
    /// The person's complete list of subscriptions.
    case subscriptions([Subscription])
    /// A value that the person gave, such as `phone`.
    case attribute(String, value: String)
    /// The person left an address on another channel when a step asked for it.
    case address(ChannelName, String, ConsentRecord)
    /// The enrollment in this sequence ends; its pending step is skipped for this reason.
    case end(sequence: String, SkipReason)
    /// The person opted out: every enrollment ends.
    case stop(at: Instant)
    /// The person may have opted out: nothing is sent until they or an operator decide.
    case pause(at: Instant)
    /// The person asked for messages again.
    case resume(at: Instant)
    case enroll(NewEnrollment)
    /// A start was refused: the person began this sequence too many times within a day.
    case startLimitReached(sequence: String)
    /// The platform's echo proves that it took this delivery, whatever was recorded.
    /// - Parameter address: the recipient, as the platform names it.
    case confirm(DeliveryKey, messageID: String, address: String?)
}

/// An enrollment that is about to be created, with its first step.
package struct NewEnrollment: Hashable, Sendable {
    package let sequence: String
    package let round: Int
    package let anchor: Instant
    package let cause: StartCause
    package let first: DueStep
    /// The hash of the version that it is pinned to; nil if it follows the file.
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

/// A person's latest round of a sequence.
package struct Round: Hashable, Sendable {
    package let number: Int
    package let anchor: Instant
    package var underWay: Bool
    /// The number of rounds of this sequence that the person began within a day, including this one.
    package var startsToday: Int

    /// The most rounds per day, person and sequence. Re-enrollment is the only unbounded loop: another bot may answer
    /// each message with the phrase that starts the sequence, and answers do not count toward `DailyLimit`.
    package static let maxPerDay = 20

    package init(number: Int, anchor: Instant, underWay: Bool, startsToday: Int = 1) {
        self.number = number
        self.anchor = anchor
        self.underWay = underWay
        self.startsToday = startsToday
    }
}
