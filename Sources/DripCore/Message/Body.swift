/// All that one person gets of one step: its parts, and which of its variants they were made from.
package struct Body: Hashable, Sendable {
    package let parts: [MessagePart]
    /// Index of the variant, from 0; nil for a step that is no split test.
    package let variant: Int?

    /// Names this text among all: kept with the delivery, so that two people's bodies can be compared without keeping
    /// what was written to them. 64 bits in hex.
    package var hash: String {
        Seed.hex(of: parts.flatMap(\.pieces))
    }
}

extension MessagePart {
    /// All that the person sees of it, and what a tap does, as a list of texts.
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
            }
        return content + quickReplies.flatMap(\.pieces) + (persona.map { ["persona", $0] } ?? [])
    }
}

extension Step {
    /// The parts of this step for one person; at least one.
    /// - Parameters:
    ///   - seed: for the word lists, `Seed.of` with the round.
    ///   - variantSeed: for the choice of the variant, without the round: a person always sees the same one.
    package func body(seed: UInt64, variantSeed: UInt64, value: (String) -> String?) -> Body {
        var parts: [MessagePart] = []
        let variant = variant(seed: variantSeed)
        if let variant {
            parts.append(.text(variant.text.rendered(seed: seed, value: value), buttons: buttons))
        }
        parts += mediaParts
        // Behind all that a step could have before there were cards: a step half-way counts its parts.
        if !cards.isEmpty { parts.append(MessagePart(.cards(cards.map { $0.filled(seed: seed, value: value) }))) }
        if !parts.isEmpty { parts[parts.count - 1].quickReplies = quickReplies }
        for index in parts.indices { parts[index].persona = persona }
        return Body(parts: parts, variant: variants.count > 1 ? variant?.index : nil)
    }

    /// How many messages it is, for anybody.
    package var partCount: Int { (variants.isEmpty ? 0 : 1) + mediaParts.count + (cards.isEmpty ? 0 : 1) }

    /// The files beside the sequence file that it sends.
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
