/// A page's paid messages (Marketing Message API).
package struct MarketingConfiguration: Hashable, Sendable {
    /// The ad account's number, without `act_`.
    package let adAccount: String
    /// The platform's `message_id` of the campaign.
    package let campaign: String
    /// A system user's.
    package let token: Secret
}
