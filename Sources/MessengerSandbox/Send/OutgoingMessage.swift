/// The `message` of a Send API call that passed validation.
struct OutgoingMessage: Sendable, Equatable {
    /// The text, or that of a button template.
    var text: String?
    var media: [MediaReference] = []
    /// Not empty: the message is a button template.
    var buttons: [Button] = []
    /// Titles of the quick replies; those that ask for a phone number or an address have their content type instead.
    var quickReplies: [String] = []
    var metadata: String?

    var hasAudioOrVideo: Bool {
        media.contains { $0.kind == .audio || $0.kind == .video }
    }
}
