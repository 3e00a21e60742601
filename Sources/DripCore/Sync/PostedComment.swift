/// A comment below a post of the page, as the platform lists it.
package struct PostedComment: Hashable, Sendable {
    package let id: String
    package let at: Instant
    /// The author's address and full name, if the platform gives them.
    package let author: String?
    package let name: String?
    /// nil if the comment is only a picture or a sticker.
    package let text: String?
    /// Whether the platform takes a private reply to it; nil if it does not say.
    package let mayBeRepliedTo: Bool?

    package init(id: String, at: Instant, author: String?, name: String?, text: String?, mayBeRepliedTo: Bool?) {
        self.id = id
        self.at = at
        self.author = author
        self.name = name
        self.text = text
        self.mayBeRepliedTo = mayBeRepliedTo
    }

    /// Returns whether the comment contains a phrase, compared as for a sequence's `comment` start.
    package func says(_ phrase: Phrase) -> Bool {
        phrase.isContained(in: Phrase(text ?? ""))
    }
}

/// One page of results from a post's comments, the oldest first.
package struct PostedComments: Hashable, Sendable {
    package let comments: [PostedComment]
    /// The cursor of the next results; nil after the last.
    package let next: String?

    package init(comments: [PostedComment], next: String?) {
        self.comments = comments
        self.next = next
    }
}

/// The platform's answer to a request for a post's comments.
package enum PostedCommentsAnswer: Hashable, Sendable {
    case found(PostedComments)
    /// The platform has no such post, or not for this page.
    case unknownPost(why: String)
    /// Not now. The request may be repeated.
    case later(why: String)
    /// Not until an operator acts.
    case refused(why: String)
}
