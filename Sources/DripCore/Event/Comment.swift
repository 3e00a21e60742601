/// What somebody wrote below a post of the page.
package struct Comment: Hashable, Sendable {
    package let id: String
    package let post: String?
    /// nil for a comment that is a picture or a sticker alone.
    package let text: String?
    /// The author's full name, where the platform tells it.
    package let author: String?
    /// Its author has changed it.
    package let isEdit: Bool

    package init(id: String, post: String?, text: String?, author: String?, isEdit: Bool = false) {
        self.id = id
        self.post = post
        self.text = text
        self.author = author
        self.isEdit = isEdit
    }

    /// What stands for the address of an author whom the platform does not name, until it tells whom the private reply reached.
    package static func placeholder(for id: String) -> String { placeholder + id }

    static func isPlaceholder(_ address: String) -> Bool { address.hasPrefix(placeholder) }

    private static let placeholder = "comment:"
}
