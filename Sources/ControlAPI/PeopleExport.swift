package import DripCore
import Foundation

/// Everything that is stored about one person, for their own request.
package struct PersonExport: Codable, Sendable {
    package var exportedAt: Instant
    package var since: Instant
    package var attributes: [String: String]
    package var tags: [String]
    package var zone: String?
    package var firstMessageAt: Instant?
    package var lastWroteAt: Instant?
    package var humanAt: Instant?
    package var stoppedAt: Instant?
    package var stoppedBy: ConsentSource?
    package var pausedAt: Instant?
    package var addresses: [AddressSummary]
    /// Recurring messages that they subscribed to, by address.
    package var subscriptions: [String: [SubscriptionSummary]]
    package var consents: [ConsentEntry]
    package var consentChanges: [ConsentChange]
    package var links: [LinkRecord]
    /// With their deliveries.
    package var enrollments: [EnrollmentDetail]
    package var events: [ExportedEvent]

    package init(
        exportedAt: Instant,
        since: Instant,
        person: Person,
        addresses: [AddressSummary],
        subscriptions: [String: [SubscriptionSummary]],
        consents: [ConsentEntry],
        consentChanges: [ConsentChange],
        links: [LinkRecord],
        enrollments: [EnrollmentDetail],
        events: [ExportedEvent]
    ) {
        self.exportedAt = exportedAt
        self.since = since
        attributes = person.attributes
        tags = person.tags.sorted()
        zone = person.zone?.identifier
        firstMessageAt = person.firstMessageAt
        lastWroteAt = person.lastWroteAt
        humanAt = person.humanAt
        stoppedAt = person.stoppedAt
        stoppedBy = person.stoppedBy
        pausedAt = person.pausedAt
        self.addresses = addresses
        self.subscriptions = subscriptions
        self.consents = consents
        self.consentChanges = consentChanges
        self.links = links
        self.enrollments = enrollments
        self.events = events
    }
}

/// Something that came in from the person. It has the content only if dripd stores it.
package struct ExportedEvent: Codable, Hashable, Sendable {
    package var at: Instant
    package var receivedAt: Instant
    package var kind: String
    /// `channel:account`.
    package var account: String
    package var content: String?

    package init(at: Instant, receivedAt: Instant, kind: String, account: String, content: String?) {
        self.at = at
        self.receivedAt = receivedAt
        self.kind = kind
        self.account = account
        self.content = content
    }
}
