/// A message that was sent, and whose result no answer told.
package struct InDoubtDelivery: Hashable, Sendable {
    package let person: Person
    package let enrollment: Enrollment
    package let step: String
    /// The index of the part in doubt. Earlier parts arrived; later ones were never sent.
    package let part: Int
    /// The permission it was sent under, if recorded.
    package let permission: Permission?
    package let sequenceHash: String?
    package let bodyHash: String?
    /// The request was sent between `leftAt`, the time of the claim, and `recordedAt`, the time when it was recorded as
    /// in doubt.
    package let leftAt: Instant
    package let recordedAt: Instant
    /// The platform's ids of this person's messages that belong to other deliveries.
    package let known: Set<String>
    /// The message id in an echo that arrived when the rest of the step could not follow yet; otherwise nil.
    package let echoMessageID: String?
    /// The look of the message that was sent, if it was stored. Rendering it again may differ, because attributes
    /// change.
    package let expected: ExpectedMessage?
    /// The looks of this person's other messages in doubt; nil for one whose look was not stored.
    package let othersInDoubt: [ExpectedMessage?]

    package init(
        person: Person,
        enrollment: Enrollment,
        step: String,
        part: Int,
        permission: Permission?,
        sequenceHash: String?,
        bodyHash: String?,
        leftAt: Instant,
        recordedAt: Instant,
        known: Set<String>,
        echoMessageID: String? = nil,
        expected: ExpectedMessage? = nil,
        othersInDoubt: [ExpectedMessage?] = []
    ) {
        self.person = person
        self.enrollment = enrollment
        self.step = step
        self.part = part
        self.permission = permission
        self.sequenceHash = sequenceHash
        self.bodyHash = bodyHash
        self.leftAt = leftAt
        self.recordedAt = recordedAt
        self.known = known
        self.echoMessageID = echoMessageID
        self.expected = expected
        self.othersInDoubt = othersInDoubt
    }
}

extension InDoubtDelivery {
    /// The time within which the platform shows an accepted message in its conversation. The platform documents none.
    /// An answer is awaited for half a minute at most, and a care message may be ten minutes late.
    package static let settling = Milliseconds.minutes(10)

    /// The tolerance between the platform's timestamps and ours: the platform gives whole seconds, and the two clocks
    /// differ.
    package static let tolerance = Milliseconds.minutes(2)

    /// The difference between the two clocks beyond which timestamps prove nothing.
    package static let clockDifference = Milliseconds.minutes(1)

    /// The most automatic resends of a step. If a step gets lost again and again, an operator has to decide.
    package static let mostResends = 2

    /// Returns the wait before the next check of an inconclusive conversation; nil if an operator has to decide.
    /// - Parameter looks: the number of checks so far.
    package static func wait(afterLooks looks: Int) -> Milliseconds? {
        let waits = [Milliseconds.hours(1), .hours(6), .hours(24)]
        return looks >= 1 && looks <= waits.count ? waits[looks - 1] : nil
    }

    /// Whether the platform can be asked for the person's conversation. A comment's author has no address yet.
    package var isAddressKnown: Bool { !Comment.isPlaceholder(person.address.externalID) }
}
