/// An m.me link: it opens the conversation with a page, and its ref comes back with the person's first tap or message.
/// Source: "m.me Links" reference.
package enum ContactLink {
    /// - Parameters:
    ///   - page: a page's id or its user name.
    ///   - ref: of the alphabet that `Referrals` checks.
    package static func url(page: String, ref: String) -> String {
        // Of that alphabet only '=' has a meaning of its own in a query.
        "https://m.me/\(page)?ref=\(ref.replacing("=", with: "%3D"))"
    }
}
