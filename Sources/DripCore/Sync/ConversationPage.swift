/// Some of a page's conversations, those with the latest messages first.
package struct ConversationPage: Hashable, Sendable {
    package let conversations: [Conversation]
    /// Where the next ones begin; nil behind the last.
    package let next: String?

    package init(conversations: [Conversation], next: String?) {
        self.conversations = conversations
        self.next = next
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
