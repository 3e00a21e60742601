package import DripCore
package import DripStore

/// A comment as `dripd comments` shows it.
package struct CommentSummary: Codable, Hashable, Sendable {
    package var id: String
    package var at: Instant
    /// The author's address and full name, where the platform tells them.
    package var author: String?
    package var name: String?
    package var text: String?
    /// What dripd has made of it; nil: nothing.
    package var reply: CommentReply?
    /// Whether the platform takes a private reply; nil where it does not say.
    package var mayBeRepliedTo: Bool?

    init(_ comment: PostedComment, _ reply: CommentReply?) {
        id = comment.id
        at = comment.at
        author = comment.author
        name = comment.name
        text = comment.text
        self.reply = reply
        mayBeRepliedTo = comment.mayBeRepliedTo
    }
}

/// Those of some comments that fit.
package struct CommentsPart: Codable, Hashable, Sendable {
    package let comments: [CommentSummary]
    /// Where the next ones begin; nil behind the last.
    package let next: String?

    init(_ found: PostedComments, replies: [String: CommentReply], fitting order: CommentsOrder) {
        let phrase = order.contains.map { Phrase($0) }
        comments = found.comments.filter { comment in
            let isAnswered = replies[comment.id]?.isAnswer ?? false
            return order.isAnswered.map { $0 == isAnswered } ?? true && phrase.map(comment.says) ?? true
        }.map { CommentSummary($0, replies[$0.id]) }
        next = found.next
    }
}
