/// What the platform thinks of the page and its token. Everything is in order at first.
package struct PageStanding: Sendable, Equatable {
    /// Why a token is none any more. The subcodes are from memory, but for 460, which libraries have in their tests.
    package enum DeadToken: String, Sendable, CaseIterable {
        case expired
        case passwordChanged = "password_changed"
        case appRemoved = "app_removed"

        var subcode: Int {
            switch self {
            case .expired: 463
            case .passwordChanged: 460
            case .appRemoved: 458
            }
        }
    }

    /// https://developers.facebook.com/docs/permissions
    static let permissions = [
        "pages_messaging", "pages_manage_metadata", "pages_read_engagement", "pages_read_user_content",
        "page_utility_messaging", "paid_marketing_messages",
    ]

    /// The page cannot send for a while, since it broke rules.
    package var isRestricted = false
    package var deadToken: DeadToken?
    /// What the token does not permit.
    package var missingPermissions: [String] = []

    /// New templates wait for somebody to look at them, instead of being approved at once.
    package var reviewsTemplates = false

    package init() {}
}
