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
                ["text", text] + buttons.flatMap { ["button", $0.title, $0.action.target] }
            case .images(let urls): ["images"] + urls
            case .video(let url): ["video", url]
            case .audio(let url): ["audio", url]
            case .file(let url): ["file", url]
            case .template(let template):
                ["template", template.name, template.language] + template.parameters.flatMap { [$0.name, $0.text] }
            }
        return content + quickReplies.flatMap { ["quick_reply", $0.title, $0.tap.description] }
    }
}

extension Button.Action {
    fileprivate var target: String {
        switch self {
        case .url(let url): url
        case .phone(let number): number
        case .tap(let tap): tap.description
        }
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
        if !images.isEmpty { parts.append(.images(images)) }
        if let video { parts.append(.video(video)) }
        if let audio { parts.append(.audio(audio)) }
        if let file { parts.append(.file(file)) }
        if !parts.isEmpty { parts[parts.count - 1].quickReplies = quickReplies }
        return Body(parts: parts, variant: variants.count > 1 ? variant?.index : nil)
    }

    /// How many messages it is, for anybody.
    package var partCount: Int {
        (variants.isEmpty ? 0 : 1) + (images.isEmpty ? 0 : 1) + [video, audio, file].count { $0 != nil }
    }
}
