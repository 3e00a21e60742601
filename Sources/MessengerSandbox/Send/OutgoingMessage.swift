/// The `message` of a Send API call that passed validation.
struct OutgoingMessage: Sendable, Equatable {
    /// The text, or that of a button template.
    var text: String?
    var media: [MediaReference] = []
    /// Not empty: the message is a template.
    var buttons: [Button] = []
    /// Not empty: the message is a generic template.
    var cards: [Card] = []
    var quickReplies: [QuickReply] = []
    /// Not nil: the text and the buttons are those of an approved template.
    var template: TemplateUse?
    var metadata: String?

    var hasAudioOrVideo: Bool {
        media.contains { $0.kind == .audio || $0.kind == .video }
    }
}
