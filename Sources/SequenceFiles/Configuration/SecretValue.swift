/// A secret's value, which no log, dump or error message shows by accident.
package struct SecretValue: Hashable, Sendable {
    /// The value itself: for a signature or a request, nothing else.
    package let revealed: String

    package init(_ value: String) {
        revealed = value
    }
}

extension SecretValue: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<secret>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
