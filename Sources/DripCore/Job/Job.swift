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
    /// The limit that last kept it from being sent, if nothing else has since but what followed from that: `day` or `gap`.
    package let heldBy: WaitReason?

    package init(
        enrollment: Enrollment,
        person: Person,
        step: String,
        scheduled: Instant,
        attempt: Int,
        part: Int,
        waitingFor: WaitReason?,
        heldBy: WaitReason? = nil
    ) {
        self.enrollment = enrollment
        self.person = person
        self.step = step
        self.scheduled = scheduled
        self.attempt = attempt
        self.part = part
        self.waitingFor = waitingFor
        self.heldBy = heldBy
    }
}

extension Job {
    /// What holds a job, once it waits for `reason`.
    package func heldBy(waitingFor reason: WaitReason) -> WaitReason? {
        switch reason {
        case .day, .gap: reason
        // What follows from the delay, or delays it by a moment.
        case .window, .quiet, .rate, .time, .media, .typing: heldBy
        case .human, .paused, .retry, .thread, .page, .sequence, .unnamed: nil
        }
    }
}
