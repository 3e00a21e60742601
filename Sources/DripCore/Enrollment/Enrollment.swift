/// One person going through one sequence, once.
package struct Enrollment: Hashable, Sendable {
    package let id: EnrollmentID
    package let person: PersonID
    package let sequence: String
    /// Counts from 1: the person's first time through the sequence, then the second, …
    package let round: Int
    /// The start. Every step's due time counts from here.
    package let anchor: Instant
    /// The position of the last finished step; nil before the first.
    package let position: Milliseconds?
    /// The hash of the sequence version that it is pinned to; nil if it follows the file.
    package let version: String?
    /// The comment that started it, while its one private reply is unused; otherwise nil.
    package let comment: String?
    /// The address by which it came; nil if it was not read.
    package let cameBy: AddressID?

    package init(
        id: EnrollmentID,
        person: PersonID,
        sequence: String,
        round: Int,
        anchor: Instant,
        position: Milliseconds?,
        version: String? = nil,
        comment: String? = nil,
        cameBy: AddressID? = nil
    ) {
        self.cameBy = cameBy
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

/// An enrollment's row id in the store. Ids are never reused.
package struct EnrollmentID: RawRepresentable, Hashable, Codable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }
}

/// An enrollment with its deliveries and its pending job, as plans and adoptions read it.
package struct EnrollmentState: Sendable {
    package let enrollment: Enrollment
    package let person: Person
    /// The steps that already have a delivery.
    package let over: Set<String>
    /// The pending job; nil if the enrollment has finished.
    package let job: Job?
    /// Whether its message is being sent right now. Adoptions leave such a job alone.
    package let isSending: Bool
    /// For a finished enrollment, the sequences that the person started after it.
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
    /// Returns whether a finished enrollment may continue with steps appended to its sequence. It may not if a stop
    /// rule has been met since it started.
    ///
    /// The time at which a person got a tag is not recorded, so a stop tag that they have now counts as met, unless the
    /// same tag starts the sequence.
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

    /// Returns whether an edit leaves an enrollment's next message and its time unchanged. Compares the files only:
    /// calendar arithmetic is too slow for a million enrollments.
    package func keepsNextMessage(_ state: EnrollmentState, since before: Catalog) -> Bool {
        // The length of a gap also depends on other steps.
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

/// The cause of an enrollment, in the form that the store and `dripd people show` use.
package enum StartCause: Hashable, Sendable, CustomStringConvertible {
    case firstMessage
    case ref(String)
    case message
    /// A comment on a post of the page, by its id.
    case comment(String)
    case postback
    case tag(String)
    /// A tap on a button that dripd sent.
    case button
    case manual

    package var comment: String? {
        if case .comment(let id) = self { id } else { nil }
    }

    package var description: String {
        switch self {
        case .firstMessage: "first_message"
        case .ref(let ref): "ref:\(ref)"
        case .message: "message"
        case .comment: "comment"
        case .postback: "postback"
        case .tag(let tag): "tag:\(tag)"
        case .button: "button"
        case .manual: "manual"
        }
    }
}

/// How far the last edit of a sequence has been applied to the people under way.
///
/// The edited file is in force for everyone at once. The jobs are updated in slices, in the order of their enrollment
/// ids, because there may be a million of them.
package struct EditCursor: Hashable, Sendable {
    /// The last enrollment whose job has been updated.
    package let applied: EnrollmentID
    /// The last enrollment that began before the edit.
    package let last: EnrollmentID

    package init(applied: EnrollmentID, last: EnrollmentID) {
        self.applied = applied
        self.last = last
    }
}

extension Catalog {
    /// Returns whether the last edit has not reached this enrollment's job yet. Such a job is updated before it is
    /// decided.
    package func awaitsEdit(_ enrollment: Enrollment) -> Bool {
        guard !edits.isEmpty, let cursor = edits[enrollment.sequence] else { return false }
        return enrollment.id.rawValue > cursor.applied.rawValue && enrollment.id.rawValue <= cursor.last.rawValue
    }
}
