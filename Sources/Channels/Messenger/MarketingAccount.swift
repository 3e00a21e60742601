/// By which a page's paid messages go out.
package struct MarketingAccount: Hashable, Sendable {
    /// The ad account's number, without `act_`.
    package let adAccount: String
    /// The platform's `message_id` of the campaign.
    package let campaign: String
    /// A system user's.
    package let token: String

    package init(adAccount: String, campaign: String, token: String) {
        self.adAccount = adAccount
        self.campaign = campaign
        self.token = token
    }
}
