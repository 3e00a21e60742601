/// Which of a post's comments an operator asks for.
package struct CommentsOrder: Codable, Hashable, Sendable {
    /// As the platform names it, `PAGE_POST`; the number alone where there is no doubt about the page.
    package let post: String
    package let page: String?
    /// Only those that say this, by the comparison of a sequence's `comment` start.
    package let contains: String?
    /// Only those that have, or have not, been answered in private; nil: both.
    package let isAnswered: Bool?
    /// Where to go on, as the part before says; nil: at the oldest.
    package let after: String?

    package init(post: String, page: String?, contains: String?, isAnswered: Bool?, after: String?) {
        self.post = post
        self.page = page
        self.contains = contains
        self.isAnswered = isAnswered
        self.after = after
    }

    /// - Parameter pages: those of the configuration.
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

/// Why comments are not listed.
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
        case .whichPage(let pages): "of which page? Say --page with one of \(pages.joined(separator: ", "))"
        case .unknownPage(let page, let pages):
            "page \(page) is not in the configuration; it has \(pages.joined(separator: ", "))"
        case .unknownPost(let post, let page, let why):
            """
            the platform shows page \(page) no post \(post) (\(why)). Is the id right, and does the page's token have \
            pages_read_engagement and pages_read_user_content? `dripd doctor` looks at the token
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
