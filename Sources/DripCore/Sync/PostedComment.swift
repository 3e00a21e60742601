/// A comment below a post of the page, as the platform lists it.
package struct PostedComment: Hashable, Sendable {
    package let id: String
    package let at: Instant
    /// The author's address and full name, where the platform tells them.
    package let author: String?
    package let name: String?
    /// nil for one that is a picture or a sticker alone.
    package let text: String?
    /// Whether the platform takes a private reply to it; nil where it does not say.
    package let mayBeRepliedTo: Bool?

    package init(id: String, at: Instant, author: String?, name: String?, text: String?, mayBeRepliedTo: Bool?) {
        self.id = id
        self.at = at
        self.author = author
        self.name = name
        self.text = text
        self.mayBeRepliedTo = mayBeRepliedTo
    }

    /// By the comparison of a sequence's `comment` start.
    package func says(_ phrase: Phrase) -> Bool {
        phrase.isContained(in: Phrase(text ?? ""))
    }
}

/// Some of a post's comments, the oldest first.
package struct PostedComments: Hashable, Sendable {
    package let comments: [PostedComment]
    /// Where the next ones begin; nil behind the last.
    package let next: String?

    package init(comments: [PostedComment], next: String?) {
        self.comments = comments
        self.next = next
    }
}

/// What the platform says when it is asked for a post's comments.
package enum PostedCommentsAnswer: Hashable, Sendable {
    case found(PostedComments)
    /// It has no such post, or not for this page.
    case unknownPost(why: String)
    /// Not now: it may be asked again.
    case later(why: String)
    /// Not until an operator acts.
    case refused(why: String)
}
