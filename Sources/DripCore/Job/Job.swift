/// Pending work: the next step of an enrollment, with all that decides what becomes of it.
package struct Job: Hashable, Sendable {
    package let enrollment: Enrollment
    package let person: Person
    package let step: String
    /// When the sequence wanted it: lateness counts from here.
    package let scheduled: Instant
    /// Requests so far that the platform refused for now.
    package let attempt: Int
    /// Index of the message part that is next; the earlier ones are sent.
    package let part: Int
    package let waitingFor: WaitReason?

    package init(
        enrollment: Enrollment,
        person: Person,
        step: String,
        scheduled: Instant,
        attempt: Int,
        part: Int,
        waitingFor: WaitReason?
    ) {
        self.enrollment = enrollment
        self.person = person
        self.step = step
        self.scheduled = scheduled
        self.attempt = attempt
        self.part = part
        self.waitingFor = waitingFor
    }
}
