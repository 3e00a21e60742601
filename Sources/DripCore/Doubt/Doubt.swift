/// A message that left and of which no answer told what became of it.
package struct Doubt: Hashable, Sendable {
    package let person: Person
    package let enrollment: Enrollment
    package let step: String
    /// Index of the message part that is in doubt: those before it arrived, those behind it never left.
    package let part: Int
    /// What it was made from, as far as the ledger knows.
    package let permission: Permission?
    package let sequenceHash: String?
    package let bodyHash: String?
    /// The request left between these two: the claim, and the moment when the doubt was recorded.
    package let leftAt: Instant
    package let recordedAt: Instant
    /// The platform's ids of this person's messages that the ledger knows to be others.
    package let known: Set<String>
    /// By which the platform has shown it, where what is left of its step could not follow at that moment.
    package let shownAs: String?
    /// What was sent, as far as that was kept: a name that is learned later makes another text.
    package let expected: Sought?
    /// What else of this person's messages is in doubt; nil for one of which nothing was kept.
    package let rivals: [Sought?]

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
        shownAs: String? = nil,
        expected: Sought? = nil,
        rivals: [Sought?] = []
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
        self.shownAs = shownAs
        self.expected = expected
        self.rivals = rivals
    }
}

extension Doubt {
    /// A message that the platform took is shown in its conversation within this time. The platform names none; answers take
    /// half a minute at most before they are given up, and nobody misses a care message for ten.
    package static let settling = Span.minutes(10)

    /// What is put between the platform's times and ours: it tells whole seconds, and two clocks differ.
    package static let tolerance = Span.minutes(2)

    /// Beyond this difference of the two clocks, times prove nothing.
    package static let clockDifference = Span.minutes(1)

    /// So often a step goes out once more by itself. What gets lost again and again is for an operator.
    package static let mostResends = 2

    /// The wait before the next look at a conversation that told nothing; nil: the next word is the operator's.
    /// - Parameter looks: those so far.
    package static func wait(afterLooks looks: Int) -> Span? {
        let waits = [Span.hours(1), .hours(6), .hours(24)]
        return looks >= 1 && looks <= waits.count ? waits[looks - 1] : nil
    }

    /// Whether the platform can be asked for their conversation: a comment's author has no address yet.
    package var isAddressKnown: Bool { !Comment.isPlaceholder(person.address) }
}
