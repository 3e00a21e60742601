/// The subscriptions that a page may use when the standard window is closed. Each is off by default: the platform
/// grants them to some pages only, and not all of their rules could be verified.
package struct SubscriptionPolicy: Hashable, Sendable {
    /// The campaign of the page's paid messages; nil if it has none.
    package let campaign: String?
    package let oneTime: Bool

    package init(campaign: String? = nil, oneTime: Bool = false) {
        self.campaign = campaign
        self.oneTime = oneTime
    }

    package static let none = SubscriptionPolicy()

    /// "One marketing message to a unique user per day" (Marketing Message API, FAQ); the sending page says 12 hours, and the
    /// stricter of the two is safe.
    package static let gap = Milliseconds.days(1)
    /// "Within 90 days of a campaign one message per token per campaign" (Marketing Message API, sending).
    package static let campaignGap = Milliseconds.days(90)
    /// The longest text of a paid message (Marketing Message API, sending).
    package static let textCharacters = 640

    /// Returns the subscription that permits sending a step to a person now; nil if none does.
    /// - Parameter topic: of a one-time notification.
    package func subscription(
        _ kind: Subscription.Kind,
        topic: String? = nil,
        of person: Person,
        at now: Instant
    ) -> Subscription? {
        person.address.subscriptions.first { subscription in
            guard subscription.kind == kind, topic == nil || subscription.topic == topic,
                subscription.expires.map({ now < $0 - StandardWindow.margin }) ?? true
            else { return false }
            switch kind {
            case .oneTime: return oneTime && subscription.usedAt == nil
            case .marketing:
                guard let campaign else { return false }
                guard let used = subscription.usedAt else { return true }
                return now >= used + Self.gap && (subscription.usedBy != campaign || now >= used + Self.campaignGap)
            }
        }
    }
}
