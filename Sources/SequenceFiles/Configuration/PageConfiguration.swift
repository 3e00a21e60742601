/// A Facebook Page that dripd speaks for.
package struct PageConfiguration: Hashable, Sendable {
    /// The page's id in the Graph API: digits.
    package let id: String
    package let token: Secret
    /// Messages a second, at most.
    package let rate: Int
    /// The persona under whose name and picture it speaks where a sequence says nothing else; nil: its own.
    package let persona: String?
    /// How it sends paid messages to who subscribed; nil: it does not.
    package let marketing: MarketingConfiguration?
    /// Whether it may use the one-time notifications that people asked for.
    package let oneTime: Bool
}
