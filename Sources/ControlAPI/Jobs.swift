package import DripCore

/// Pending work, or a delivery in doubt, as `dripd jobs list` shows it.
package struct JobSummary: Codable, Hashable, Sendable {
    package enum State: String, Codable, CaseIterable, Sendable {
        case waiting
        case sending
        case inDoubt = "in_doubt"
    }

    package var state: State
    package var page: String
    package var person: String
    package var sequence: String
    package var step: String
    /// When it is examined next; for one in doubt, when it was sent.
    package var due: Instant
    package var attempt: Int
    package var waitingFor: String?
    package var error: String?
    /// For one in doubt: when its conversation is read next; nil if it waits for the operator.
    package var nextCheck: Instant?

    package init(
        state: State,
        page: String,
        person: String,
        sequence: String,
        step: String,
        due: Instant,
        attempt: Int,
        waitingFor: String? = nil,
        error: String? = nil,
        nextCheck: Instant? = nil
    ) {
        self.state = state
        self.page = page
        self.person = person
        self.sequence = sequence
        self.step = step
        self.due = due
        self.attempt = attempt
        self.waitingFor = waitingFor
        self.error = error
        self.nextCheck = nextCheck
    }
}

package struct ResolveRequest: Codable, Sendable {
    package let person: String
    package let sequence: String
    package let step: String
    package let resolution: Resolution

    package init(person: String, sequence: String, step: String, resolution: Resolution) {
        self.person = person
        self.sequence = sequence
        self.step = step
        self.resolution = resolution
    }
}

/// An operator's decision about a message in doubt.
package enum Resolution: String, Codable, CaseIterable, Hashable, Sendable {
    /// It arrived.
    case sent
    /// It did not arrive, and is to be sent now.
    case resend
    /// It is not to be sent again, whether or not it arrived.
    case skip
}
