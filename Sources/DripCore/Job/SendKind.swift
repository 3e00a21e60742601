/// What the platform counts apart when it limits a page's rate. Source: "Rate Limiting", Messenger Platform: audio and video
/// 10 a second; private replies 750 an hour.
package enum SendKind: String, CaseIterable, Hashable, Sendable {
    /// Texts, links and templates.
    case text
    /// Audio and video; pictures and files too, which the source does not name.
    case media
    /// The one answer to a comment.
    case privateReply = "private_reply"
}

extension MessagePart {
    package var kind: SendKind {
        switch content {
        case .text, .cards, .template: .text
        case .images, .video, .audio, .file: .media
        }
    }
}

extension Dispatch {
    package var kind: SendKind { permission == .privateReply ? .privateReply : message.kind }
}
