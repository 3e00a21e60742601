/// What the configuration says that decides over messages.
package struct CatalogSettings: Sendable {
    /// By which messages people say that they want nothing more.
    package var optOut: OptOut
    /// By which subscriptions pages may write, by page.
    package var lanes: [String: SubscriptionLanes]
    /// What a person gets in a day at most; nil: no limit.
    package var dailyLimit: DailyLimit?
    /// How many comments without an author an account answers in an hour; nil: no limit.
    package var unnamedRepliesPerHour: Int?

    /// A post that many people comment on gets its answers within hours, and no person hundreds of messages.
    package static let standardUnnamedReplies = 60

    package init(
        optOut: OptOut = .standard,
        lanes: [String: SubscriptionLanes] = [:],
        dailyLimit: DailyLimit? = DailyLimit(DailyLimit.standard),
        unnamedRepliesPerHour: Int? = standardUnnamedReplies
    ) {
        self.optOut = optOut
        self.lanes = lanes
        self.dailyLimit = dailyLimit
        self.unnamedRepliesPerHour = unnamedRepliesPerHour
    }

    /// Of a configuration that names none of them.
    package static let standard = CatalogSettings()
}
