/// One request to a channel: the Messenger Platform takes a text or attachments in a message, never both, so a step with
/// a text, pictures and a video is three parts, sent in this order.
package struct MessagePart: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case text(String, buttons: [Button])
        /// Addresses of pictures.
        case images([String])
        case video(String)
        case audio(String)
        case file(String)
        case template(FilledTemplate)
    }

    package let content: Content
    /// They are gone with the next message, so they stand below a step's last part.
    package var quickReplies: [QuickReply]

    package init(_ content: Content, quickReplies: [QuickReply] = []) {
        self.content = content
        self.quickReplies = quickReplies
    }

    package static func text(_ text: String, buttons: [Button]) -> MessagePart {
        MessagePart(.text(text, buttons: buttons))
    }

    package static func images(_ urls: [String]) -> MessagePart { MessagePart(.images(urls)) }
    package static func video(_ url: String) -> MessagePart { MessagePart(.video(url)) }
    package static func audio(_ url: String) -> MessagePart { MessagePart(.audio(url)) }
    package static func file(_ url: String) -> MessagePart { MessagePart(.file(url)) }
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
