package import DripCore

/// A request for comments of a post.
package struct CommentsRequest: Codable, Hashable, Sendable {
    /// The platform's id, `PAGE_POST`; the second number alone if the page is clear.
    package let post: String
    package let page: String?
    /// Selects comments that contain this phrase, compared as by a sequence's `comment` start.
    package let contains: String?
    /// Selects comments that have, or have not, had a private reply; nil for both.
    package let isAnswered: Bool?
    /// The cursor that the previous `CommentsPage` returned; nil to begin at the oldest comment.
    package let after: String?

    package init(post: String, page: String?, contains: String?, isAnswered: Bool?, after: String?) {
        self.post = post
        self.page = page
        self.contains = contains
        self.isAnswered = isAnswered
        self.after = after
    }

    /// Returns the page and the complete id of the post.
    /// - Parameter pages: the pages of the configuration.
    /// - Throws: `CommentsError`.
    package func located(in pages: [String]) throws -> (page: String, post: String) {
        guard post.utf8.count <= 100, let parts = post.wholeMatch(of: /(?:([0-9]+)_)?([0-9]+)/) else {
            throw CommentsError.noPost(post)
        }
        let named = page ?? parts.1.map(String.init)
        guard let page = named ?? (pages.count == 1 ? pages[0] : nil) else { throw CommentsError.whichPage(pages) }
        guard pages.contains(page) else { throw CommentsError.unknownPage(page, pages) }
        return (page, parts.1 == nil ? "\(page)_\(post)" : post)
    }
}

/// The comments of one page of results that match a request.
package struct CommentsPage: Codable, Hashable, Sendable {
    package let comments: [CommentSummary]
    /// The cursor of the next page; nil after the last.
    package let next: String?

    package init(_ found: PostedComments, replies: [String: CommentReply], fitting order: CommentsRequest) {
        let phrase = order.contains.map { Phrase($0) }
        comments = found.comments.filter { comment in
            let isAnswered = replies[comment.id]?.isAnswer ?? false
            return order.isAnswered.map { $0 == isAnswered } ?? true && phrase.map(comment.says) ?? true
        }.map { CommentSummary($0, replies[$0.id]) }
        next = found.next
    }
}

/// A comment as `dripd comments` shows it.
package struct CommentSummary: Codable, Hashable, Sendable {
    package var id: String
    package var at: Instant
    /// The author's address and full name, if the platform names them.
    package var author: String?
    package var name: String?
    package var text: String?
    /// The state of dripd's private reply; nil if the comment started no enrollment.
    package var reply: CommentReply?
    /// Whether the platform accepts a private reply; nil if it does not say.
    package var mayBeRepliedTo: Bool?

    package init(_ comment: PostedComment, _ reply: CommentReply?) {
        id = comment.id
        at = comment.at
        author = comment.author
        name = comment.name
        text = comment.text
        self.reply = reply
        mayBeRepliedTo = comment.mayBeRepliedTo
    }
}

/// The reply to a comment that started an enrollment.
package struct CommentReply: Codable, Hashable, Sendable {
    package enum State: String, Codable, Sendable {
        case sent
        case inDoubt = "in_doubt"
        case waiting
        /// The enrollment ended without a reply.
        case none
    }

    package var state: State
    package var sequence: String
    package var step: String?
    /// When the reply was sent or is due, or when the enrollment ended.
    package var at: Instant?
    /// Why the enrollment ended without a reply.
    package var reason: String?

    package init(state: State, sequence: String, step: String?, at: Instant?, reason: String?) {
        self.state = state
        self.sequence = sequence
        self.step = step
        self.at = at
        self.reason = reason
    }

    /// Whether the one private reply was sent, or may have been.
    package var isAnswer: Bool { state == .sent || state == .inDoubt }
}

/// A pause of an account's private replies to comments whose author the platform does not name.
package struct CommentPause: Codable, Hashable, Sendable {
    package enum Reason: String, Codable, Sendable {
        /// A reply reached a person who wants nothing more.
        case stopped
        /// Replies reached one person again and again.
        case repeated
    }

    package let page: String
    package let reason: Reason
    package let until: Instant

    package init(page: String, reason: Reason, until: Instant) {
        self.page = page
        self.reason = reason
        self.until = until
    }
}

/// The reason why comments cannot be listed.
package enum CommentsError: Error, Hashable, Sendable, CustomStringConvertible {
    case noPost(String)
    case whichPage([String])
    case unknownPage(String, [String])
    case unknownPost(String, page: String, why: String)
    case refused(page: String, why: String)
    case later(why: String)

    package var description: String {
        switch self {
        case .noPost(let post):
            "'\(post)' is not a post's id: that is PAGE_POST, two numbers, as in the webhook of a comment (post_id)"
        case .whichPage(let pages): "which page? Pass --page with one of \(pages.joined(separator: ", "))"
        case .unknownPage(let page, let pages):
            "page \(page) is not in the configuration; it has \(pages.joined(separator: ", "))"
        case .unknownPost(let post, let page, let why):
            """
            the platform does not show post \(post) to page \(page) (\(why)). Is the id right, and does the page's token have \
            pages_read_engagement and pages_read_user_content? `dripd doctor` checks the token
            """
        case .refused(let page, let why):
            """
            page \(page) may not read comments (\(why)). Give its token pages_read_engagement and pages_read_user_content, put \
            it where dripd.yaml says, then systemctl restart dripd
            """
        case .later(let why): "the platform does not answer now (\(why)): ask again later"
        }
    }
}
