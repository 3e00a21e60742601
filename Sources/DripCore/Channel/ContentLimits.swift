/// The most that a channel takes of the content that every step has, in Unicode scalars. nil: as much as there is.
package struct ContentLimits: Hashable, Sendable {
    package let text: Int?
    package let textWithButtons: Int?
    package let cardTitle: Int?
    package let cardSubtitle: Int?

    package init(text: Int? = nil, textWithButtons: Int? = nil, cardTitle: Int? = nil, cardSubtitle: Int? = nil) {
        (self.text, self.textWithButtons) = (text, textWithButtons)
        (self.cardTitle, self.cardSubtitle) = (cardTitle, cardSubtitle)
    }
}

/// How fast a channel's platform takes messages of an account. nil: as fast as the account's own rate.
package struct SendRates: Hashable, Sendable {
    /// The platform's limit for all messages. An account with a greater rate is a test server's, which has no other limit.
    package let perSecond: Int?
    package let mediaPerSecond: Int?
    package let privateRepliesPerHour: Int?

    package init(perSecond: Int? = nil, mediaPerSecond: Int? = nil, privateRepliesPerHour: Int? = nil) {
        self.perSecond = perSecond
        self.mediaPerSecond = mediaPerSecond
        self.privateRepliesPerHour = privateRepliesPerHour
    }
}

/// What a channel's platform can be asked for besides delivering messages.
package enum ChannelCapability: Hashable, Sendable {
    /// Its accounts are pages: they have people to import by id, posts with comments, conversations to read, and webhook
    /// subscriptions.
    case pages
}
