/// What the configuration says that decides over messages.
package struct CatalogSettings: Sendable {
    /// A message that says one of these and nothing else ends everything for its person.
    package var optOut: Set<Phrase>
    /// By which subscriptions pages may write, by page.
    package var lanes: [String: SubscriptionLanes]
    /// What a person gets in a day at most; nil: no limit.
    package var dailyLimit: DailyLimit?

    package init(
        optOut: Set<Phrase> = OptOut.standard,
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
