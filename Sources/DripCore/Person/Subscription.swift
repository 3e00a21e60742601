/// A person's advance permission to write to them when the standard window is closed.
package struct Subscription: Hashable, Codable, Sendable {
    package enum Kind: String, Hashable, Codable, Sendable {
        /// For paid messages, until the person unsubscribes (Marketing Message API).
        case marketing
        /// For one message about a topic, within a year (One-Time Notification).
        case oneTime = "one_time"
    }

    package let kind: Kind
    /// The platform's identifier.
    package let token: String
    /// The name that the page gave it when it asked. For `oneTime`, the topic that the message must be about.
    package let topic: String
    package let since: Instant
    /// nil if the platform names no end.
    package let expires: Instant?
    /// The time and the campaign of its last use, or of a use in doubt.
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
    package static let oneTimeLength = Milliseconds.days(365)

    /// The most subscriptions per person. The platform's limit is unknown, and no page asks for more topics than this.
    private static let most = 20

    /// Returns the list with a new or renewed subscription added. There is at most one per topic.
    package static func adding(_ new: Subscription, to all: [Subscription]) -> [Subscription] {
        var new = new
        // A renewed subscription keeps its token, and its last use still counts.
        if let known = all.first(where: { $0.token == new.token }) {
            new.usedAt = known.usedAt
            new.usedBy = known.usedBy
        }
        let others = all.filter { $0.token != new.token && !($0.kind == new.kind && $0.topic == new.topic) }
        return Array((others + [new]).suffix(most))
    }
}

/// A change of a person's consent to messages, stored as long as the person is.
package struct ConsentChange: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable {
        /// Nothing more is sent.
        case stopped
        /// Nothing is sent until the person's wish is clear.
        case paused
        /// Messages may be sent again.
        case resumed
    }

    package let at: Instant
    package let kind: Kind
    package let source: ConsentSource
    /// The reason that the operator gave; nil if there is none.
    package let reason: String?

    /// In characters.
    package static let longestReason = 200
    /// How often a person's own words take back a stop or a pause within 24 hours. Each change is kept, and a person who sends STOP
    /// and START in turn would fill the disk. The last stop holds.
    package static let maxResumesPerDay = 10

    package init(at: Instant, kind: Kind, source: ConsentSource, reason: String?) {
        self.at = at
        self.kind = kind
        self.source = source
        self.reason = reason
    }
}

/// The source of a change of consent.
package enum ConsentSource: String, Codable, Hashable, Sendable {
    /// The person, by a message or a tap.
    case person
    /// An operator, by a command.
    case operatorCommand = "operator"
    /// An import file.
    case file
}
