/// The part of the configuration that is about the Messenger Platform.
package struct MessengerConfiguration: Hashable, Sendable {
    package let graph: GraphURL
    /// Signs the webhooks.
    package let appSecret: Secret
    /// Whether calls carry a proof made with it, for which the tokens must be of the same app.
    package let provesAppSecret: Bool
    /// What the platform shows at the webhook's verification.
    package let verifyToken: Secret
    /// What the platform is asked of a person, in its own words; empty: nothing.
    package let profileFields: [String]
    /// At least one, no two with the same identity.
    package let pages: [PageConfiguration]
}
