/// One way to reach a person: an account of the business, and what its channel calls the person there.
///
/// Windows, reachability and receipts belong to the address; stops, tags and limits belong to the person.
package struct Address: Hashable, Sendable {
    package var id: AddressID
    package let account: Account
    /// The channel's id of the person: a page-scoped id, an e-mail address.
    package let externalID: String
    /// When the platform's standard window closes, or closed; nil if it was never open.
    package var windowEnds: Instant?
    /// The reason why the platform does not deliver to this address (the person blocked the page, left, …). Cleared when they
    /// write from it.
    package var unreachable: String?
    /// When the platform refused in a way that may be a block; nil if the person wrote since, or if it was not read.
    package var blockedAt: Instant?
    package var subscriptions: [Subscription]
    /// What the channel needs to deliver besides the id, in its own form; nil if nothing, or if it was not read.
    package var details: String?

    /// How commands name the address, and its person: `channel:account/external-id`.
    package var reference: String { "\(account.channel.rawValue):\(account.externalID)/\(externalID)" }

    /// Whether the platform has not named the person yet: the author of a comment.
    package var isPlaceholder: Bool { Comment.isPlaceholder(externalID) }

    package init(
        id: AddressID,
        account: Account,
        externalID: String,
        windowEnds: Instant? = nil,
        unreachable: String? = nil,
        blockedAt: Instant? = nil,
        subscriptions: [Subscription] = [],
        details: String? = nil
    ) {
        self.id = id
        self.account = account
        self.externalID = externalID
        self.windowEnds = windowEnds
        self.unreachable = unreachable
        self.blockedAt = blockedAt
        self.details = details
        self.subscriptions = subscriptions
    }
}

/// The business's own presence on a channel: a Facebook Page, a sender of mail, a site.
package struct Account: Hashable, Sendable {
    package let id: AccountID
    package let channel: ChannelName
    /// The channel's id of the account: a page's id.
    package let externalID: String

    package init(id: AccountID, channel: ChannelName, externalID: String) {
        self.id = id
        self.channel = channel
        self.externalID = externalID
    }
}

/// The name of a channel, as files and tables have it. Each channel declares its own.
package struct ChannelName: RawRepresentable, Hashable, Codable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }
}

extension ChannelName {
    /// In UTF-8 bytes: a line of the list of stops has room for no more.
    package static let longest = 18

    package static let messenger = ChannelName(rawValue: "messenger")
}

/// An address's row id in the store.
package struct AddressID: RawRepresentable, Hashable, Codable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }
}

/// An account's row id in the store. An account has one rate limit and one circuit breaker.
package struct AccountID: RawRepresentable, Hashable, Codable, Sendable {
    package let rawValue: Int64

    package init(rawValue: Int64) {
        self.rawValue = rawValue
    }
}
