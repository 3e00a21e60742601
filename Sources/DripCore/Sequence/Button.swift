/// A button below a text.
package struct Button: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        /// Opens this http or https address.
        case url(String)
        case tap(Tap)
    }

    package let title: String
    package let action: Action

    package init(title: String, action: Action) {
        self.title = title
        self.action = action
    }
}
