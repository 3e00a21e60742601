/// One person going through one sequence, once.
package struct Enrollment: Hashable, Sendable {
    package let id: EnrollmentID
    package let person: PersonID
    package let sequence: String
    /// 1 for the first time through, 2 for the second, …
    package let round: Int
    /// When it started: every step's due time is counted from here.
    package let anchor: Instant
    /// The position of the last step that is over; nil before the first.
    package let position: Span?
    /// The version of the sequence that it is pinned to, as its hash; nil: it follows the file.
    package let version: String?
    /// The comment that started it, as long as it may still be answered by its one private reply.
    package let comment: String?

    package init(
        id: EnrollmentID,
        person: PersonID,
        sequence: String,
        round: Int,
        anchor: Instant,
        position: Span?,
        version: String? = nil,
        comment: String? = nil
    ) {
        self.id = id
        self.person = person
        self.sequence = sequence
        self.round = round
        self.anchor = anchor
        self.position = position
        self.version = version
        self.comment = comment
    }
}
