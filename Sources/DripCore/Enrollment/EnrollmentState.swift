/// An enrollment with its ledger and its pending work, as plans and adoptions look at it.
package struct EnrollmentState: Sendable {
    package let enrollment: Enrollment
    package let person: Person
    /// The steps that its ledger holds.
    package let over: Set<String>
    /// Its pending work; nil for one that had finished.
    package let job: Job?
    /// Whether its message is on its way right now: that one goes on by itself.
    package let isSending: Bool
    /// Of one that had finished: what the person has begun after it.
    package let startedSince: Set<String>

    package init(
        enrollment: Enrollment,
        person: Person,
        over: Set<String>,
        job: Job?,
        isSending: Bool,
        startedSince: Set<String> = []
    ) {
        self.startedSince = startedSince
        self.enrollment = enrollment
        self.person = person
        self.over = over
        self.job = job
        self.isSending = isSending
    }
}

extension Catalog {
    /// Whether an enrollment that had finished may go on with what was appended: not where a stop rule of the sequence has been
    /// met since. When the person got a tag is not known: one that they have counts.
    package func mayReopen(_ state: EnrollmentState) -> Bool {
        guard let sequence = self[state.enrollment.sequence] else { return false }
        return !sequence.stop.contains { rule in
            switch rule {
            case .optedOut: state.person.stoppedAt != nil
            case .tag(let tag): state.person.tags.contains(tag) && !sequence.start.contains(.tag(tag))
            case .replied: state.person.lastWroteAt.map { $0 > state.enrollment.anchor } ?? false
            case .sequence(let other): state.startedSince.contains(other)
            }
        }
    }

    /// Whether an enrollment's next message stays what it was, at its time: found out without a look at the calendar, which
    /// is what takes long for a million of them.
    package func leavesAlone(_ state: EnrollmentState, since before: Catalog) -> Bool {
        // How long a gap is depends on other steps, too.
        guard let job = state.job, job.waitingFor != .sequence, job.waitingFor != .gap,
            let sequence = sequence(of: state.enrollment), let earlier = before.sequence(of: state.enrollment),
            let step = sequence.nextStep(position: state.enrollment.position, over: state.over),
            let old = earlier.step(job.step)
        else { return false }
        return sequence.currentName(of: job.step) == step.id && old.after == step.after && old.at == step.at
            && old.pullIntoWindow == step.pullIntoWindow && earlier.quiet == sequence.quiet
            && earlier.days == sequence.days
            && before.zone(for: state.person.zone, in: earlier) == zone(for: state.person.zone, in: sequence)
    }
}
