package import DripCore

/// A person as `dripd people list` shows them.
package struct PersonSummary: Codable, Hashable, Sendable {
    package var page: String
    package var person: String
    package var attributes: [String: String] = [:]
    /// The person's own time zone; nil if unknown.
    package var zone: String?
    package var firstMessageAt: Instant?
    package var windowEnds: Instant?
    package var unreachable: String?
    package var stoppedAt: Instant?
    /// Since when messages are paused because the person may have asked to get nothing more.
    package var pausedAt: Instant?
    package var tags: [String]
    package var lastWroteAt: Instant?
    /// When a member of the team last wrote to them by hand.
    package var humanAt: Instant?
    /// The sequences in which they are under way.
    package var underWay: [String]
    /// Their subscriptions to recurring messages; nil if there are none.
    package var subscriptions: [SubscriptionSummary]?

    package init(
        page: String,
        person: String,
        attributes: [String: String] = [:],
        zone: String? = nil,
        firstMessageAt: Instant? = nil,
        windowEnds: Instant? = nil,
        unreachable: String? = nil,
        stoppedAt: Instant? = nil,
        pausedAt: Instant? = nil,
        tags: [String],
        lastWroteAt: Instant? = nil,
        humanAt: Instant? = nil,
        underWay: [String],
        subscriptions: [SubscriptionSummary]? = nil
    ) {
        self.page = page
        self.person = person
        self.attributes = attributes
        self.zone = zone
        self.firstMessageAt = firstMessageAt
        self.windowEnds = windowEnds
        self.unreachable = unreachable
        self.stoppedAt = stoppedAt
        self.pausedAt = pausedAt
        self.tags = tags
        self.lastWroteAt = lastWroteAt
        self.humanAt = humanAt
        self.underWay = underWay
        self.subscriptions = subscriptions
    }
}

/// A subscription without its token, because the token is as good as a key.
package struct SubscriptionSummary: Codable, Hashable, Sendable {
    package var kind: Subscription.Kind
    package var topic: String
    package var since: Instant
    package var expires: Instant?
    package var usedAt: Instant?

    package init(_ subscription: Subscription) {
        kind = subscription.kind
        topic = subscription.topic
        since = subscription.since
        expires = subscription.expires
        usedAt = subscription.usedAt
    }
}

/// A person with all past and pending messages, as `dripd people show` shows them.
package struct PersonDetail: Codable, Hashable, Sendable {
    package var summary: PersonSummary
    /// The person's name in the log.
    package var pseudonym: String
    /// By the time at which dripd learned of them.
    package var addresses: [AddressSummary] = []
    /// All stops, pauses and resumptions, oldest first.
    package var consent: [ConsentChange] = []
    package var enrollments: [EnrollmentDetail]

    package init(
        summary: PersonSummary,
        pseudonym: String,
        addresses: [AddressSummary] = [],
        consent: [ConsentChange] = [],
        enrollments: [EnrollmentDetail]
    ) {
        self.summary = summary
        self.pseudonym = pseudonym
        self.addresses = addresses
        self.consent = consent
        self.enrollments = enrollments
    }
}

package struct EnrollmentDetail: Codable, Hashable, Sendable {
    package var sequence: String
    package var round: Int
    package var anchor: Instant
    package var cause: String
    package var endedAt: Instant?
    package var endReason: String?
    package var deliveries: [DeliveryDetail]
    package var next: NextStepDetail?

    package init(
        sequence: String,
        round: Int,
        anchor: Instant,
        cause: String,
        endedAt: Instant? = nil,
        endReason: String? = nil,
        deliveries: [DeliveryDetail],
        next: NextStepDetail? = nil
    ) {
        self.sequence = sequence
        self.round = round
        self.anchor = anchor
        self.cause = cause
        self.endedAt = endedAt
        self.endReason = endReason
        self.deliveries = deliveries
        self.next = next
    }
}

/// An address that refused a step for good, before it was sent to another one.
package struct RefusedAddress: Codable, Hashable, Sendable {
    package var channel: String
    package var at: Instant
    package var reason: String

    package init(channel: String, at: Instant, reason: String) {
        self.channel = channel
        self.at = at
        self.reason = reason
    }
}

/// A step that is over.
package struct DeliveryDetail: Codable, Hashable, Sendable {
    package var step: String
    package var state: String
    package var reason: String?
    package var scheduled: Instant
    package var at: Instant
    package var attempts: Int
    package var permission: String?
    /// The channel by which it was sent, and the addresses that refused it before.
    package var channel: String?
    package var refusals: [RefusedAddress]?
    package var messageIDs: [String]
    /// The version from which the message was made: the file's SHA-256, the file, and the git commit of its working
    /// copy.
    package var sequenceHash: String?
    package var file: String?
    package var commit: String?
    /// The variant of a split test: 1 for the first.
    package var variant: Int?
    package var bodyHash: String?
    /// The platform's latest receipt: `delivered` to the person, or `read` by them.
    package var receipt: String?
    /// For a delivery in doubt: why its conversation did not resolve it.
    package var note: String?
    /// For a step that was skipped or failed half-way: how many of its parts arrived.
    package var partsArrived: Int?

    package init(
        step: String,
        state: String,
        reason: String? = nil,
        scheduled: Instant,
        at: Instant,
        attempts: Int,
        permission: String? = nil,
        channel: String? = nil,
        refusals: [RefusedAddress]? = nil,
        messageIDs: [String],
        sequenceHash: String? = nil,
        file: String? = nil,
        commit: String? = nil,
        variant: Int? = nil,
        bodyHash: String? = nil,
        receipt: String? = nil,
        note: String? = nil,
        partsArrived: Int? = nil
    ) {
        self.step = step
        self.state = state
        self.reason = reason
        self.scheduled = scheduled
        self.at = at
        self.attempts = attempts
        self.permission = permission
        self.channel = channel
        self.refusals = refusals
        self.messageIDs = messageIDs
        self.sequenceHash = sequenceHash
        self.file = file
        self.commit = commit
        self.variant = variant
        self.bodyHash = bodyHash
        self.receipt = receipt
        self.note = note
        self.partsArrived = partsArrived
    }
}

package struct NextStepDetail: Codable, Hashable, Sendable {
    package var step: String
    package var due: Instant
    package var scheduled: Instant
    package var waitingFor: String?
    package var error: String?
    /// Whether its message is being sent right now.
    package var sending: Bool

    package init(
        step: String,
        due: Instant,
        scheduled: Instant,
        waitingFor: String? = nil,
        error: String? = nil,
        sending: Bool
    ) {
        self.step = step
        self.due = due
        self.scheduled = scheduled
        self.waitingFor = waitingFor
        self.error = error
        self.sending = sending
    }
}

/// A request for one part of the people that a filter selects.
package struct PeopleRequest: Codable, Sendable {
    package let filter: PeopleFilter
    package let from: PeoplePlace
    /// The maximum number of people in the answer. A shorter answer does not mean that there are no more.
    package let limit: Int

    package init(filter: PeopleFilter, from place: PeoplePlace, limit: Int) {
        self.filter = filter
        from = place
        self.limit = limit
    }
}

/// Where to continue a listing of all people.
package enum PeoplePlace: Hashable, Codable, Sendable {
    case start
    /// After this person: an address, PAGE/ADDRESS, or CHANNEL:ACCOUNT/ADDRESS.
    case after(String)
    /// After this person, as the previous part returned it.
    case afterID(PersonID)
}

/// One part of a listing of all people.
package struct PeoplePart: Codable, Hashable, Sendable {
    package var people: [PersonSummary]
    /// Where the next part begins; nil if this was the last one. A part may be empty and not be the last.
    package var next: PeoplePlace?

    package init(people: [PersonSummary], next: PeoplePlace? = nil) {
        self.people = people
        self.next = next
    }
}

package struct PeopleSearchRequest: Codable, Sendable {
    /// A name or a number.
    package let text: String
    /// Where the previous part ended; nil for the first part.
    package let before: PersonID?
    /// The maximum number of people in the answer.
    package let limit: Int

    package init(text: String, before: PersonID?, limit: Int) {
        self.text = text
        self.before = before
        self.limit = limit
    }
}

/// People that a search found, and where the search continues.
package struct PeopleFound: Codable, Hashable, Sendable {
    /// Newest first.
    package var people: [PersonSummary]
    /// People older than this one were not searched yet; nil if all were.
    package var before: PersonID?

    package init(people: [PersonSummary], before: PersonID? = nil) {
        self.people = people
        self.before = before
    }
}
