/// A step that goes by another name now: who got it under the old one has got it.
package struct Move: Hashable, Sendable {
    package let from: String
    package let to: String

    package init(from: String, to: String) {
        self.from = from
        self.to = to
    }
}
