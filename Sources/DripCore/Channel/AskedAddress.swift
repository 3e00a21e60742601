/// An address that a step asked a person for.
package struct AskedAddress: Hashable, Sendable {
    package let ask: Ask
    /// The words that asked.
    package let wording: String

    /// Returns the address and the consent if a message has one; nil otherwise.
    func change(by contacts: Contacts, in event: Event, at: Instant) -> Change? {
        let told = ["email": contacts.email, "phone": contacts.phone][ask.attribute] ?? nil
        guard let told else { return nil }
        return .address(
            ask.channel,
            told,
            ConsentRecord(
                at: at,
                kind: .given,
                channel: ask.channel,
                purpose: ask.purpose,
                source: .ask,
                wording: wording,
                evidence: event.key
            )
        )
    }
}

extension Catalog {
    /// Returns what a step asks for; nil if nothing, or if the configuration has no account for that channel.
    package func asked(by step: String, in sequence: String) -> AskedAddress? {
        guard let step = self[sequence]?.step(step), let ask = step.ask, rules(of: ask.channel) != nil
        else { return nil }
        let text = step.variants.map(\.text.source).joined(separator: " | ")
        return AskedAddress(ask: ask, wording: ask.text ?? text)
    }
}

extension TextTemplate {
    /// The text as its file has it, in essence: without what it says for one person.
    var source: String {
        segments.map { segment in
            switch segment {
            case .literal(let text): text
            case .variable(let name, let fallback): "{{\(name)\(fallback.map { ", default: \"\($0)\"" } ?? "")}}"
            case .words(let words): "{{\(words.joined(separator: "|"))}}"
            }
        }.joined()
    }
}
