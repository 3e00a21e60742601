package import Foundation

/// A person who wrote to a page, with the data that decisions need.
package struct Person: Hashable, Sendable {
    package var id: PersonID
    package let account: AccountID
    /// The page's own address on the channel: a Facebook Page id.
    package let page: String
    /// The person's address on the channel: a page-scoped id.
    package let address: String
    package var attributes: [String: String]
    /// The person's own zone, if known.
    package var zone: TimeZone?
    package var firstMessageAt: Instant?
    /// When the platform's standard window closes, or closed; nil if it was never open.
    package var windowEnds: Instant?
    /// The reason why the platform does not deliver to this person (they blocked the page, left, …). Cleared when they
    /// write.
    package var unreachable: String?
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
    package var subscriptions: [Subscription]

    package init(
        id: PersonID,
        account: AccountID,
        page: String,
        address: String,
        attributes: [String: String] = [:],
        zone: TimeZone? = nil,
        firstMessageAt: Instant? = nil,
        windowEnds: Instant? = nil,
        unreachable: String? = nil,
        stoppedAt: Instant? = nil,
        stoppedBy: ConsentSource? = nil,
        pausedAt: Instant? = nil,
        tags: Set<String> = [],
        lastWroteAt: Instant? = nil,
        humanAt: Instant? = nil,
        subscriptions: [Subscription] = []
    ) {
        self.id = id
        self.account = account
        self.page = page
        self.address = address
        self.attributes = attributes
        self.zone = zone
        self.firstMessageAt = firstMessageAt
        self.windowEnds = windowEnds
        self.unreachable = unreachable
        self.stoppedAt = stoppedAt
        self.stoppedBy = stoppedBy
        self.pausedAt = pausedAt
        self.tags = tags
        self.lastWroteAt = lastWroteAt
        self.humanAt = humanAt
        self.subscriptions = subscriptions
    }

    /// Whether the address is the placeholder of a comment whose author the platform has not revealed yet.
    package var isUnnamed: Bool { Comment.isPlaceholder(address) }

    /// Whether the tag is new to the person, and they may have one more.
    package func canGet(_ tag: String) -> Bool { !tags.contains(tag) && tags.count < Tag.mostOfPerson }

    /// Whether the person ever wrote, tapped or followed a link, as far as is known. A comment does not count.
    package var hasWritten: Bool {
        windowEnds != nil || lastWroteAt != nil || firstMessageAt != nil
    }
}

/// A person's row id in the store.
package struct PersonID: RawRepresentable, Hashable, Codable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }
}

/// An account's row id in the store. An account has one rate limit and one circuit breaker. Today each page on a
/// channel is one.
package struct AccountID: RawRepresentable, Hashable, Codable, Sendable {
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
