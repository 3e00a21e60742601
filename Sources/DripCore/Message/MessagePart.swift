/// One request to a channel. Messengers take a text or attachments in a message, never both, so a step
/// with a text, pictures and a video is three parts, sent in this order.
package struct MessagePart: Hashable, Sendable {
    package enum Content: Hashable, Sendable {
        case text(String, buttons: [Button])
        case images([Media])
        case video(Media)
        case audio(Media)
        case file(Media)
        /// Cards shown side by side.
        case cards([FilledCard])
        case template(FilledTemplate)
        /// The step's own content for a channel.
        case ofChannel(ChannelMessage)
    }

    package let content: Content
    /// The replies below the message. The platform removes them with the next message, so only a step's last part has
    /// any.
    package var quickReplies: [QuickReply]
    /// The persona whose name and picture are shown; nil for the page's own.
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
    /// The reason why the platform would refuse it; nil if none is known.
    func flaw(within limits: ContentLimits) -> String? {
        switch content {
        case .text(let text, let buttons):
            if text.isEmpty { return "the text is empty for this person" }
            guard let limit = buttons.isEmpty ? limits.text : limits.textWithButtons else { return nil }
            let count = text.unicodeScalars.count
            return count > limit ? "the text has \(count) characters for this person, over \(limit)" : nil
        case .cards(let cards): return cards.lazy.compactMap { $0.flaw(within: limits) }.first
        case .images, .video, .audio, .file, .template, .ofChannel: return nil
        }
    }

    /// The same as `flaw`, for a paid message.
    var flawOfMarketing: String? {
        guard case .text(let text, _) = content else { return nil }
        let (count, limit) = (text.unicodeScalars.count, SubscriptionPolicy.textCharacters)
        return count > limit
            ? "the text has \(count) characters for this person, over \(limit) for a paid message" : nil
    }

    /// The attachments that it shows.
    package var media: [(kind: MediaKind, media: Media)] {
        switch content {
        case .text, .template, .cards, .ofChannel: []
        case .images(let images): images.map { (.image, $0) }
        case .video(let video): [(.video, video)]
        case .audio(let audio): [(.audio, audio)]
        case .file(let file): [(.file, file)]
        }
    }

    /// The attachment ids of the files that it shows, as far as they have been uploaded.
    package var attachments: [String] {
        media.compactMap { if case .file(let file) = $0.media { file.attachment } else { nil } }
    }

    /// Returns the same part with the attachment id of each file.
    package func attaching(_ attachment: (MediaKind, MediaFile) throws -> String?) rethrows -> MessagePart {
        func attach(_ media: Media, _ kind: MediaKind) throws -> Media {
            guard case .file(var file) = media else { return media }
            file.attachment = try attachment(kind, file)
            return .file(file)
        }
        let attached: Content =
            switch content {
            case .text, .template, .cards, .ofChannel: content
            case .images(let images): .images(try images.map { try attach($0, .image) })
            case .video(let video): .video(try attach(video, .video))
            case .audio(let audio): .audio(try attach(audio, .audio))
            case .file(let file): .file(try attach(file, .file))
            }
        return MessagePart(attached, quickReplies: quickReplies, persona: persona)
    }
}

/// A utility template rendered for one person.
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

/// The recipient of a message.
package enum Recipient: Hashable, Sendable {
    /// The person, by their address on the channel.
    case person(String)
    /// The author of this comment, by a private reply. The answer reveals their address.
    case comment(String)
    /// A person who asked to be notified once, by the platform's token.
    case oneTime(token: String)
    /// A person who subscribed to paid messages, as part of a campaign.
    case marketing(token: String)
}

extension Claim {
    package var recipient: Recipient {
        if dispatch.permission == .privateReply, let comment = job.enrollment.comment { return .comment(comment) }
        switch (dispatch.permission, dispatch.subscription) {
        case (.oneTime, let subscription?): return .oneTime(token: subscription.token)
        case (.marketing, let subscription?): return .marketing(token: subscription.token)
        default: return .person(job.person.address.externalID)
        }
    }
}

/// A typing indicator, shown before a message.
package struct Typing: Hashable, Sendable {
    /// The person's address.
    package let address: String
    /// The persona that seems to write; nil for the page itself.
    package let persona: String?

    package init(address: String, persona: String?) {
        self.address = address
        self.persona = persona
    }
}

/// A step's own content for a channel, rendered for one person.
package struct ChannelMessage: Hashable, Sendable {
    package let channel: ChannelName
    /// By the names of the channel's `ContentField`s.
    package let fields: [String: String]
    package let buttons: [Button]
    package let purpose: Purpose

    package init(channel: ChannelName, fields: [String: String], buttons: [Button], purpose: Purpose) {
        self.channel = channel
        self.fields = fields
        self.buttons = buttons
        self.purpose = purpose
    }

    /// Where its first button leads that opens a page.
    package var firstURL: String? {
        buttons.lazy.compactMap { if case .url(let url) = $0.action { url } else { nil } }.first
    }

    /// The reason why the channel would refuse it; nil if none is known.
    func flaw(by rules: ChannelRules) -> String? {
        for field in rules.content {
            let count = (fields[field.name] ?? "").unicodeScalars.count
            if count == 0, field.isRequired { return "the \(rules.noun) \(field.name) is empty for this person" }
            if count > field.limit {
                return "the \(rules.noun) \(field.name) has \(count) characters for this person, over \(field.limit)"
            }
        }
        return nil
    }
}
