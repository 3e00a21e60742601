/// A button below a text.
package struct Button: Hashable, Sendable {
    package enum Action: Hashable, Sendable {
        /// Opens this http or https address.
        case url(String)
        /// Calls this number, in its international form.
        case phone(String)
        /// Comes back with this payload, by which sequences may start, and other programs of the page go.
        case postback(String)
        case tap(Tap)
    }

    package let title: String
    package let action: Action

    package init(title: String, action: Action) {
        self.title = title
        self.action = action
    }

    var pieces: [String] { ["button", title, action.target] }
}

extension Button.Action {
    fileprivate var target: String {
        switch self {
        case .url(let url): url
        case .phone(let number): number
        case .postback(let payload): payload
        case .tap(let tap): tap.description
        }
    }
}
