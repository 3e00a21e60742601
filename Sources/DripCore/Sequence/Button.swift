/// A button below a text.
package struct Button: Hashable, Sendable {
    package let title: String
    /// An http or https address that it opens.
    package let url: String

    package init(title: String, url: String) {
        self.title = title
        self.url = url
    }
}
