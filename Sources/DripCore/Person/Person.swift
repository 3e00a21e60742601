package import Foundation

/// Somebody who wrote to a page, as far as decisions need to know them.
package struct Person: Hashable, Sendable {
    package var id: PersonID
    package let lane: LaneID
    /// The page's own address on the channel: a Facebook Page id.
    package let page: String
    /// The person's address on the channel: a page-scoped id.
    package let address: String
    package var attributes: [String: String]
    /// The person's own zone, where it is known.
    package var zone: TimeZone?
    package var firstMessageAt: Instant?
    /// When the platform's standard window closes, or closed; nil: it never was open.
    package var windowEnds: Instant?
    /// Why the platform does not deliver to this person (they blocked the page, left, …); cleared when they write.
    package var unreachable: String?
    /// When the person, or an operator for them, asked to get nothing more.
    package var stoppedAt: Instant?
    /// Who said so; nil where that is not recorded.
    package var stoppedBy: ConsentSource?
    /// Since when nothing is sent to them because they may have asked to get nothing more.
    package var pausedAt: Instant?
    package var tags: Set<String>
    /// When the person last wrote or tapped.
    package var lastWroteAt: Instant?
    /// When somebody of the team last wrote to the person by hand.
    package var humanAt: Instant?
    package var subscriptions: [Subscription]

    package init(
        id: PersonID,
        lane: LaneID,
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
        self.lane = lane
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

    /// Whether the platform has yet to tell whose comment it was: the address stands for the comment.
    package var isUnnamed: Bool { Comment.isPlaceholder(address) }

    /// Whether the person ever wrote, tapped or came through a link, as far as is known. A comment is none of these.
    package var hasWritten: Bool {
        windowEnds != nil || lastWroteAt != nil || firstMessageAt != nil
    }
}
