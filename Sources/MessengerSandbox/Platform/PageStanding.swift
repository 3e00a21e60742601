/// The page's standing with the platform: restrictions, token and permissions. Everything is in order at first.
package struct PageStanding: Sendable, Equatable {
    /// The reason why a token is no longer valid. The subcodes are from memory, except for 460, which libraries have in
    /// their tests.
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

    /// Whether the page cannot send for a while because it broke the rules.
    package var isRestricted = false
    package var deadToken: DeadToken?
    /// Permissions that the token lacks.
    package var missingPermissions: [String] = []

    /// Whether new templates wait for a review instead of being approved at once.
    package var reviewsTemplates = false

    package init() {}
}

/// A measure of the platform against a page that broke its rules.
package enum PolicyAction: String, Sendable, CaseIterable {
    case warning
    case block
    case unblock
}

/// The reason why a control call was refused.
package enum ControlError: Error, Equatable, CustomStringConvertible {
    /// The call is invalid.
    case invalid(String)
    case unknownPerson(String)
    case unknownSubscription(String)
    /// A limit of the sandbox is reached.
    case full(String)

    package var description: String {
        switch self {
        case .invalid(let what): what
        case .unknownPerson(let id): "there is no person \(id)"
        case .unknownSubscription(let endpoint): "there is no subscription \(endpoint)"
        case .full(let what): what
        }
    }

    var status: Int {
        switch self {
        case .invalid: 400
        case .unknownPerson, .unknownSubscription: 404
        case .full: 507
        }
    }
}
