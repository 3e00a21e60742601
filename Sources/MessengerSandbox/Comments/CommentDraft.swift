/// A comment that is to be written.
package struct CommentDraft: Sendable, Equatable {
    /// Whoever does not exist is created. Nil: somebody new, or the page itself.
    package var person: String?
    package var name: String?
    /// Nil: a comment without words, such as a picture.
    package var text: String?
    /// Nil: the page's first post.
    package var post: String?
    /// The comment that is answered.
    package var parent: String?
    package var isAnonymous = false
    package var isByPage = false

    package init() {}
}
