/// The comments under the page's posts, oldest first, without removed ones.
struct Comments: Sendable {
    static let limit = 10_000

    private var byID: [String: Comment] = [:]
    private var ids: [String] = []
    /// Posts that have or had comments, each with the time of its first comment, in that order.
    private(set) var posts: [(id: String, at: Int64)] = []
    private(set) var lastNumber = 0

    var nextNumber: Int { lastNumber + 1 }

    subscript(_ id: String) -> Comment? { byID[id] }

    var all: [Comment] { ids.compactMap { byID[$0] } }

    func under(_ post: String) -> [Comment] {
        all.filter { $0.post == post }
    }

    func find(_ id: String) throws(ControlError) -> Comment {
        guard let comment = byID[id] else { throw .invalid("there is no comment \(id)") }
        return comment
    }

    mutating func append(_ comment: Comment) throws(ControlError) {
        guard byID.count < Self.limit, posts.count < Self.limit else {
            throw .full("\(Self.limit) comments or posts exist")
        }
        byID[comment.id] = comment
        ids.append(comment.id)
        lastNumber = comment.number
        if !posts.contains(where: { $0.id == comment.post }) { posts.append((comment.post, comment.at)) }
    }

    /// Changes a comment, if it exists.
    mutating func change(_ id: String, _ body: (inout Comment) -> Void) {
        guard var comment = byID[id] else { return }
        body(&comment)
        byID[id] = comment
    }

    mutating func remove(_ id: String) {
        byID[id] = nil
        ids.removeAll { $0 == id }
    }
}

/// A public comment under a post of the page.
package struct Comment: Sendable, Equatable {
    /// Seven days: https://developers.facebook.com/docs/messenger-platform/discovery/private-replies
    static let privateReplyMilliseconds: Int64 = 7 * 24 * 60 * 60 * 1000
    static let textLimit = 8000

    /// 1 for the first comment.
    let number: Int
    package let id: String
    package let post: String
    /// The comment that this one answers.
    package let parent: String?
    /// The id of a person, or of the page itself.
    package let author: String
    /// Whether the platform hides the author. A private reply still reaches them.
    package let isAnonymous: Bool
    package var text: String?
    /// Milliseconds since 1970.
    package let at: Int64
    /// The id of the page's private reply.
    package var privateReply: String?

    func mayBeRepliedTo(at now: Int64) -> Bool {
        privateReply == nil && now < at + Self.privateReplyMilliseconds
    }
}

/// The content of a new comment.
package struct CommentDraft: Sendable, Equatable {
    /// The author, created if necessary; nil for a new person or the page itself.
    package var person: String?
    package var name: String?
    /// Nil for a comment without text, such as a picture.
    package var text: String?
    /// Nil for the page's first post.
    package var post: String?
    /// The comment that this one answers.
    package var parent: String?
    package var isAnonymous = false
    package var isByPage = false

    package init() {}
}
