/// Which comments start a sequence.
package struct CommentRule: Hashable, Sendable {
    /// Texts of which it has to contain one; case and the form of accents do not count. Empty: it may say anything.
    package let contains: [Phrase]
    /// The post that it has to stand below; nil: any post of the page.
    package let post: String?

    package init(contains: [Phrase], post: String?) {
        self.contains = contains
        self.post = post
    }

    /// - Parameter words: what the comment says.
    func matches(_ comment: Comment, saying words: EventWords) -> Bool {
        guard post == nil || post == comment.post else { return false }
        guard !contains.isEmpty else { return true }
        return contains.contains { words.contain($0) }
    }
}

extension CommentRule: CustomStringConvertible {
    package var description: String {
        [
            contains.isEmpty ? nil : "contains \(contains.map { "'\($0.text)'" }.joined(separator: " or "))",
            post.map { "post \($0)" },
        ].compactMap(\.self).joined(separator: ", ")
    }
}
