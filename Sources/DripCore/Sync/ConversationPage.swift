/// Some of a page's conversations, those with the latest messages first.
package struct ConversationPage: Hashable, Sendable {
    package let conversations: [Conversation]
    /// Where the next ones begin; nil behind the last.
    package let next: String?
    /// The time of the platform's clock when it answered, where it said so.
    package let readAt: Instant?

    package init(conversations: [Conversation], next: String?, readAt: Instant? = nil) {
        self.conversations = conversations
        self.next = next
        self.readAt = readAt
    }
}

/// What the platform says when it is asked for conversations.
package enum ConversationsAnswer: Hashable, Sendable {
    case found(ConversationPage)
    /// Not now: it may be asked again.
    case later(why: String)
    /// Not until an operator acts.
    case refused(why: String)
}
