/// Everything that one person gets of one step: its parts, and the variant that they were rendered from.
package struct Body: Hashable, Sendable {
    package let parts: [MessagePart]
    /// The index of the variant, from 0; nil if the step is not a split test.
    package let variant: Int?

    /// Identifies the content, as 64 bits in hex. It is stored with the delivery, so that bodies can be compared
    /// without storing what was written to people.
    package var hash: String {
        StableHash.hex(of: parts.flatMap(\.pieces))
    }
}

extension MessagePart {
    /// Everything that the person sees of it, and the effects of taps, as a list of texts.
    fileprivate var pieces: [String] {
        let content =
            switch content {
            case .text(let text, let buttons):
                ["text", text] + buttons.flatMap(\.pieces)
            case .images(let images): ["images"] + images.flatMap(\.identity)
            case .video(let video): ["video"] + video.identity
            case .audio(let audio): ["audio"] + audio.identity
            case .file(let file): ["file"] + file.identity
            case .cards(let cards): cards.flatMap(\.pieces)
            case .template(let template):
                ["template", template.name, template.language] + template.parameters.flatMap { [$0.name, $0.text] }
            case .ofChannel(let message):
                [message.channel.rawValue] + message.fields.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
                    + message.buttons.flatMap(\.pieces)
            }
        return content + quickReplies.flatMap(\.pieces) + (persona.map { ["persona", $0] } ?? [])
    }
}

extension Step {
    /// Returns the parts of this step for one person; at least one.
    /// - Parameters:
    ///   - seed: for the word lists: `StableHash.of` with the round.
    ///   - variantSeed: for the choice of the variant, without the round, so that a person always sees the same one.
    package func body(seed: UInt64, variantSeed: UInt64, value: (String) -> String?) -> Body {
        var parts: [MessagePart] = []
        let variant = variant(seed: variantSeed)
        if let variant {
            let text = variant.text.rendered(seed: seed, value: value)
            parts.append(.text(ask?.text.map { "\(text)\n\n\($0)" } ?? text, buttons: buttons))
        }
        parts += mediaParts
        // Cards come last because they were added last: a partly sent step stores the index of its next part.
        if !cards.isEmpty { parts.append(MessagePart(.cards(cards.map { $0.filled(seed: seed, value: value) }))) }
        if !parts.isEmpty { parts[parts.count - 1].quickReplies = quickReplies + (ask?.quickReply.map { [$0] } ?? []) }
        for index in parts.indices { parts[index].persona = persona }
        return Body(parts: parts, variant: variants.count > 1 ? variant?.index : nil)
    }

    /// Returns this step's own content for a channel, for one person; nil if it has none.
    package func content(
        for rules: ChannelRules,
        purpose: Purpose,
        seed: UInt64,
        variantSeed: UInt64,
        value: (String) -> String?
    ) -> Body? {
        guard let own = channels[rules.name] else { return nil }
        var fields = own.mapValues { $0.rendered(seed: seed, value: value) }
        let variant = variant(seed: variantSeed)
        let takesText = rules.content.contains { $0.name == ContentField.text } && fields[ContentField.text] == nil
        if takesText, let variant { fields[ContentField.text] = variant.text.rendered(seed: seed, value: value) }
        let message = ChannelMessage(channel: rules.name, fields: fields, buttons: buttons, purpose: purpose)
        return Body(
            parts: [MessagePart(.ofChannel(message))],
            variant: takesText && variants.count > 1 ? variant?.index : nil
        )
    }

    /// The number of messages, which is the same for every person.
    package var partCount: Int { (variants.isEmpty ? 0 : 1) + mediaParts.count + (cards.isEmpty ? 0 : 1) }

    /// The files beside the sequence files that it sends.
    package var files: [(kind: MediaKind, file: MediaFile)] {
        mediaParts.flatMap(\.media).compactMap { kind, media in
            if case .file(let file) = media { (kind, file) } else { nil }
        }
    }

    private var mediaParts: [MessagePart] {
        [
            images.isEmpty ? nil : .images(images), video.map(MessagePart.video), audio.map(MessagePart.audio),
            file.map(MessagePart.file),
        ].compactMap(\.self)
    }
}

/// A card rendered for one person.
package struct FilledCard: Hashable, Sendable {
    package let title: String
    package let subtitle: String?
    package let image: String?
    package let url: String?
    package let buttons: [Button]

    package init(title: String, subtitle: String?, image: String?, url: String?, buttons: [Button]) {
        self.title = title
        self.subtitle = subtitle
        self.image = image
        self.url = url
        self.buttons = buttons
    }

    /// The reason why the platform would refuse it; nil if it would not.
    func flaw(within limits: ContentLimits) -> String? {
        if title.isEmpty { return "a card's title is empty for this person" }
        for (name, text, limit) in [
            ("title", title, limits.cardTitle), ("subtitle", subtitle ?? "", limits.cardSubtitle),
        ] {
            let count = text.unicodeScalars.count
            if let limit, count > limit {
                return "a card's \(name) has \(count) characters for this person, over \(limit)"
            }
        }
        return nil
    }

    /// Everything that the person sees of it, and the effects of taps, as a list of texts.
    var pieces: [String] {
        ["card", title, subtitle ?? "", image ?? "", url ?? ""] + buttons.flatMap(\.pieces)
    }
}

extension Ask {
    /// The reply that gives the address with a tap, where the platform knows it.
    fileprivate var quickReply: QuickReply? {
        switch attribute {
        case "email": .email
        case "phone": .phone
        default: nil
        }
    }
}
