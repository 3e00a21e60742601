/// An answer that the person can tap; all of them are gone with the next message.
package struct QuickReply: Hashable, Sendable {
    package let title: String
    package let tap: Tap

    package init(title: String, tap: Tap) {
        self.title = title
        self.tap = tap
    }
}
