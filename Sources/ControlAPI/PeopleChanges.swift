package import DripCore

package struct EnrollRequest: Codable, Sendable {
    package let person: String
    package let sequence: String
    package let again: Bool

    package init(person: String, sequence: String, again: Bool) {
        self.person = person
        self.sequence = sequence
        self.again = again
    }
}

package struct EnrollAnswer: Codable, Sendable {
    /// The first step and its due time; nil if the sequence has no step to send.
    package let step: String?
    package let due: Instant?

    package init(first: DueStep?) {
        step = first?.step.id
        due = first?.due
    }
}

package struct TagRequest: Codable, Sendable {
    package let people: [String]
    package let tag: String

    package init(people: [String], tag: String) {
        self.people = people
        self.tag = tag
    }
}

/// The result of adding or removing a tag of one person.
package struct TagOutcome: Codable, Hashable, Sendable {
    package let page: String
    package let person: String
    /// Whether the person's tags changed.
    package let isChange: Bool
    /// The sequences that the tag started.
    package var started: [String] = []
    /// The sequences that the tag ended.
    package var ended: [String] = []

    package init(page: String, person: String, isChange: Bool, started: [String] = [], ended: [String] = []) {
        self.page = page
        self.person = person
        self.isChange = isChange
        self.started = started
        self.ended = ended
    }
}

package struct StopRequest: Codable, Sendable {
    package let person: String
    /// nil: the person gets no more messages at all.
    package let sequence: String?

    package init(person: String, sequence: String?) {
        self.person = person
        self.sequence = sequence
    }
}

package struct StopAnswer: Codable, Sendable {
    /// The sequences that were stopped.
    package let stopped: [String]

    package init(stopped: [String]) {
        self.stopped = stopped
    }
}

package struct ResumeRequest: Codable, Sendable {
    package let person: String
    /// The reason for lifting the stop or pause. It is recorded.
    package let reason: String

    package init(person: String, reason: String) {
        self.person = person
        self.reason = reason
    }
}

/// The result of taking back a stop or a pause.
package struct ResumeReport: Codable, Hashable, Sendable {
    package let page: String
    package let person: String
    /// When sending stopped, and whether that was a stop, not a pause.
    package let since: Instant
    package let wasStopped: Bool
    /// The sequences that continue. After a stop there are none: it ended all of them.
    package let goesOn: [String]

    package init(page: String, person: String, since: Instant, wasStopped: Bool, goesOn: [String]) {
        self.page = page
        self.person = person
        self.since = since
        self.wasStopped = wasStopped
        self.goesOn = goesOn
    }
}

package struct ForgetRequest: Codable, Sendable {
    package let person: String

    package init(person: String) {
        self.person = person
    }
}

/// The result of erasing a person.
package struct ForgetReport: Codable, Hashable, Sendable {
    package let page: String
    package let person: String
    package let enrollments: Int
    package let deliveries: Int
    package let events: Int
    /// Whether they had asked to get nothing more. That is kept.
    package let isStopped: Bool
    /// Whether a reader holds the write-ahead log, which still has the erased pages. The log is emptied as soon as the
    /// reader releases it.
    package var logIsHeld = false
    /// Former databases beside the state, which still contain the person, with the times of their deletion.
    package var setAside: [SetAsideFile] = []

    package init(
        page: String,
        person: String,
        enrollments: Int,
        deliveries: Int,
        events: Int,
        isStopped: Bool,
        setAside: [SetAsideFile] = []
    ) {
        self.page = page
        self.person = person
        self.enrollments = enrollments
        self.deliveries = deliveries
        self.events = events
        self.isStopped = isStopped
        self.setAside = setAside
    }
}

/// A former database that `dripd restore` has kept beside the new one.
package struct SetAsideFile: Codable, Hashable, Sendable {
    package let path: String
    /// The time at which dripd deletes it.
    package let until: Instant

    package init(path: String, until: Instant) {
        self.path = path
        self.until = until
    }
}
