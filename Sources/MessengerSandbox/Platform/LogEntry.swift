/// One message as the platform has it: accepted from the page, or written by a person.
package struct LogEntry: Sendable, Equatable {
    package enum Direction: String, Sendable {
        /// From the person to the page.
        case incoming = "in"
        /// From the page to the person.
        case outgoing = "out"
    }

    /// 1 for the first entry, without gaps.
    package let number: Int
    /// The sandbox's clock; milliseconds since 1970.
    package let at: Int64
    package let direction: Direction
    package let person: String
    package let messageID: String
    package var text: String?
    package var attachments: [Attachment] = []
    package var buttons: [Button] = []
    package var cards: [Card] = []
    package var quickReplies: [QuickReply] = []
    /// What the page put into `metadata`.
    package var metadata: String?
    /// The `ref` of the m.me link through which the person came.
    package var ref: String?
    /// The comment that this message answers in private.
    package var comment: String?
    /// How often the person has changed the text.
    package var edits = 0
    /// Written by a human being in the page's inbox, not by the page's app.
    package var isByOperator = false

    /// All that can be tapped on.
    var allButtons: [Button] { buttons + cards.flatMap(\.buttons) }

    /// A link that was followed, and what the person took back, is no message.
    var isMessage: Bool { text != nil || !attachments.isEmpty || !cards.isEmpty }
}
