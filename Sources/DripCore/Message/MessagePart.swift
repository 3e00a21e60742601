/// One request to a channel: the Messenger Platform takes a text or attachments in a message, never both, so a step with
/// a text, pictures and a video is three parts, sent in this order.
package struct MessagePart: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case text(String, buttons: [Button])
        case images([Media])
        case video(Media)
        case audio(Media)
        case file(Media)
        /// Side by side.
        case cards([FilledCard])
        case template(FilledTemplate)
    }

    package let content: Content
    /// They are gone with the next message, so they stand below a step's last part.
    package var quickReplies: [QuickReply]
    /// Under whose name and picture it stands; nil: the page's.
    package var persona: String?

    package init(_ content: Content, quickReplies: [QuickReply] = [], persona: String? = nil) {
        self.content = content
        self.quickReplies = quickReplies
        self.persona = persona
    }

    package static func text(_ text: String, buttons: [Button]) -> MessagePart {
        MessagePart(.text(text, buttons: buttons))
    }

    package static func images(_ images: [Media]) -> MessagePart { MessagePart(.images(images)) }
    package static func video(_ video: Media) -> MessagePart { MessagePart(.video(video)) }
    package static func audio(_ audio: Media) -> MessagePart { MessagePart(.audio(audio)) }
    package static func file(_ file: Media) -> MessagePart { MessagePart(.file(file)) }
}

extension MessagePart {
    /// Why the platform would refuse it; nil if it would not, as far as is known here.
    var flaw: String? {
        switch content {
        case .text(let text, let buttons):
            let limit = buttons.isEmpty ? MessengerLimits.textCharacters : MessengerLimits.textWithButtonsCharacters
            if text.isEmpty { return "the text is empty for this person" }
            let count = text.unicodeScalars.count
            return count > limit ? "the text has \(count) characters for this person, over \(limit)" : nil
        case .cards(let cards): return cards.lazy.compactMap(\.flaw).first
        case .images, .video, .audio, .file, .template: return nil
        }
    }

    /// As `flaw`, of a paid message.
    var flawOfMarketing: String? {
        guard case .text(let text, _) = content else { return nil }
        let (count, limit) = (text.unicodeScalars.count, SubscriptionLanes.textCharacters)
        return count > limit
            ? "the text has \(count) characters for this person, over \(limit) for a paid message" : nil
    }

    /// All that it shows besides texts.
    package var media: [(kind: MediaKind, media: Media)] {
        switch content {
        case .text, .template, .cards: []
        case .images(let images): images.map { (.image, $0) }
        case .video(let video): [(.video, video)]
        case .audio(let audio): [(.audio, audio)]
        case .file(let file): [(.file, file)]
        }
    }

    /// What pages call the files that it shows, as far as they have been uploaded.
    package var attachments: [String] {
        media.compactMap { if case .file(let file) = $0.media { file.attachment } else { nil } }
    }

    /// The same part, with what the page calls each file.
    package func attaching(_ attachment: (MediaKind, MediaFile) throws -> String?) rethrows -> MessagePart {
        func attach(_ media: Media, _ kind: MediaKind) throws -> Media {
            guard case .file(var file) = media else { return media }
            file.attachment = try attachment(kind, file)
            return .file(file)
        }
        let attached: Content =
            switch content {
            case .text, .template, .cards: content
            case .images(let images): .images(try images.map { try attach($0, .image) })
            case .video(let video): .video(try attach(video, .video))
            case .audio(let audio): .audio(try attach(audio, .audio))
            case .file(let file): .file(try attach(file, .file))
            }
        return MessagePart(attached, quickReplies: quickReplies, persona: persona)
    }
}

/// A utility template with the words for one person.
package struct FilledTemplate: Hashable, Sendable {
    package struct Parameter: Hashable, Sendable {
        package let name: String
        package let text: String
    }

    package let name: String
    package let language: String
    package let parameters: [Parameter]
}

extension UtilityTemplate {
    package func filled(seed: UInt64, value: (String) -> String?) -> FilledTemplate {
        FilledTemplate(
            name: name,
            language: language,
            parameters: parameters.map { .init(name: $0.name, text: $0.text.rendered(seed: seed, value: value)) }
        )
    }
}
