package import Foundation

/// A person, with the data that decisions need.
package struct Person: Hashable, Sendable {
    package var id: PersonID
    /// The address in question: the one that an event came from, or that a message is for.
    package var address: Address
    package var attributes: [String: String]
    /// The person's own zone, if known.
    package var zone: TimeZone?
    package var firstMessageAt: Instant?
    /// When the person, or an operator for them, opted out.
    package var stoppedAt: Instant?
    /// The source of the opt-out; nil if it is not recorded.
    package var stoppedBy: ConsentSource?
    /// When the person's messages were paused because they may have opted out.
    package var pausedAt: Instant?
    package var tags: Set<String>
    /// When the person last wrote or tapped.
    package var lastWroteAt: Instant?
    /// When a team member last wrote to the person by hand.
    package var humanAt: Instant?

    package init(
        id: PersonID,
        address: Address,
        attributes: [String: String] = [:],
        zone: TimeZone? = nil,
        firstMessageAt: Instant? = nil,
        stoppedAt: Instant? = nil,
        stoppedBy: ConsentSource? = nil,
        pausedAt: Instant? = nil,
        tags: Set<String> = [],
        lastWroteAt: Instant? = nil,
        humanAt: Instant? = nil
    ) {
        self.id = id
        self.address = address
        self.attributes = attributes
        self.zone = zone
        self.firstMessageAt = firstMessageAt
        self.stoppedAt = stoppedAt
        self.stoppedBy = stoppedBy
        self.pausedAt = pausedAt
        self.tags = tags
        self.lastWroteAt = lastWroteAt
        self.humanAt = humanAt
    }

    /// Whether the address is the placeholder of a comment whose author the platform has not revealed yet.
    package var isUnnamed: Bool { address.isPlaceholder }

    /// Whether the tag is new to the person, and they may have one more.
    package func canGet(_ tag: String) -> Bool { !tags.contains(tag) && tags.count < Tag.mostOfPerson }

    /// Whether the person ever wrote, tapped or followed a link, as far as is known. A comment does not count.
    package var hasWritten: Bool {
        address.windowEnds != nil || lastWroteAt != nil || firstMessageAt != nil
    }
}

/// A person's row id in the store.
package struct PersonID: RawRepresentable, Hashable, Codable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }
}

/// A person's profile from the platform.
package struct Profile: Hashable, Sendable {
    /// Names as attributes: `full_name`, `first_name`, `last_name`, and `locale`. A value that the platform withholds
    /// is missing.
    package let attributes: [String: String]
    package let zone: TimeZone?

    package init(attributes: [String: String], zone: TimeZone?) {
        self.attributes = attributes
        self.zone = zone
    }
}

/// The result of a request for a profile.
package enum ProfileAnswer: Hashable, Sendable {
    case found(Profile)
    /// The platform gives nothing about this person, and will not later.
    case withheld
    /// The request failed for this person. A later one may succeed.
    case failed(why: String)
    /// No profile of this page can be requested now.
    case later(why: String)
}
