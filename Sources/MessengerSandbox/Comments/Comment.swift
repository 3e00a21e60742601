/// What somebody wrote under a post of the page, for everybody to see.
package struct Comment: Sendable, Equatable {
    /// https://developers.facebook.com/docs/messenger-platform/discovery/private-replies: seven days.
    static let privateReplyMilliseconds: Int64 = 7 * 24 * 60 * 60 * 1000
    static let textLimit = 8000

    /// 1 for the first comment.
    let number: Int
    package let id: String
    package let post: String
    /// The comment that this one answers.
    package let parent: String?
    /// A person, or the page itself.
    package let author: String
    /// The platform does not say who wrote it; a private reply still finds its way.
    package let isAnonymous: Bool
    package var text: String?
    /// Milliseconds since 1970.
    package let at: Int64
    /// The message that the page sent in private.
    package var privateReply: String?

    func mayBeRepliedTo(at now: Int64) -> Bool {
        privateReply == nil && now < at + Self.privateReplyMilliseconds
    }
}
