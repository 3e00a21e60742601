/// What a person gave the page beforehand: that it may write to them when the standard window is closed.
package struct Subscription: Hashable, Codable, Sendable {
    package enum Kind: String, Hashable, Codable, Sendable {
        /// To paid messages, until the person has enough (Marketing Message API).
        case marketing
        /// To one message about a topic, within a year (One-Time Notification).
        case oneTime = "one_time"
    }

    package let kind: Kind
    /// By which the platform knows it.
    package let token: String
    /// What the page named it when it asked: of `oneTime`, what the message has to be about.
    package let topic: String
    package let since: Instant
    /// nil: the platform names no end.
    package let expires: Instant?
    /// When it was last used, or may have been, and for which campaign.
    package var usedAt: Instant?
    package var usedBy: String?

    package init(
        kind: Kind,
        token: String,
        topic: String,
        since: Instant,
        expires: Instant?,
        usedAt: Instant? = nil,
        usedBy: String? = nil
    ) {
        self.kind = kind
        self.token = token
        self.topic = topic
        self.since = since
        self.expires = expires
        self.usedAt = usedAt
        self.usedBy = usedBy
    }

    /// "One-Time Notification": the token is good for a year.
    package static let oneTimeLength = Span.days(365)

    /// Of a person at most: the platform's own number is not known, and nobody asks for more topics than these.
    private static let most = 20

    /// With one that is new, or has been given anew: of a topic there is one.
    package static func adding(_ new: Subscription, to all: [Subscription]) -> [Subscription] {
        var new = new
        // Given once more it is the same token: what it was used for stays.
        if let known = all.first(where: { $0.token == new.token }) {
            new.usedAt = known.usedAt
            new.usedBy = known.usedBy
        }
        let others = all.filter { $0.token != new.token && !($0.kind == new.kind && $0.topic == new.topic) }
        return Array((others + [new]).suffix(most))
    }
}
