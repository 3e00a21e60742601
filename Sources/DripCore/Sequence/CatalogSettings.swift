/// What the configuration says that decides over messages.
package struct CatalogSettings: Sendable {
    /// By which messages people say that they want nothing more.
    package var optOut: OptOut
    /// By which subscriptions pages may write, by page.
    package var lanes: [String: SubscriptionLanes]
    /// What a person gets in a day at most; nil: no limit.
    package var dailyLimit: DailyLimit?

    package init(
        optOut: OptOut = .standard,
        lanes: [String: SubscriptionLanes] = [:],
        dailyLimit: DailyLimit? = DailyLimit(DailyLimit.standard)
    ) {
        self.optOut = optOut
        self.lanes = lanes
        self.dailyLimit = dailyLimit
    }

    /// Of a configuration that names none of them.
    package static let standard = CatalogSettings()
}
