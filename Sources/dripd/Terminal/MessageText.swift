import DripEngine

/// A message in lines, as the person sees it.
enum MessageText {
    static func lines(_ message: SentMessage) -> [String] {
        var lines = message.persona.map { ["(as persona \($0))"] } ?? []
        switch message.kind {
        case .text:
            lines += (message.text ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        case .images: lines += message.media.map { "(picture \($0))" }
        case .video, .audio, .file: lines += message.media.map { "(\(message.kind.rawValue) \($0))" }
        case .cards: lines += message.cards.flatMap(card)
        case .template:
            let parameters = message.parameters.map { "\($0.name): \($0.text)" }.joined(separator: ", ")
            lines.append("(template \(message.template ?? ""), \(message.language ?? "")) \(parameters)")
        }
        lines += message.buttons.map { "[\(choice($0))]" }
        if !message.quickReplies.isEmpty {
            lines.append(message.quickReplies.map { "(\(choice($0)))" }.joined(separator: " "))
        }
        return lines
    }

    private static func card(_ card: SentMessage.Card) -> [String] {
        var lines = ["(card) \(card.title)\(card.url.map { " → \($0)" } ?? "")"]
        lines += [card.subtitle, card.image.map { "(picture \($0))" }].compactMap(\.self)
        lines += card.buttons.map { "[\(choice($0))]" }
        return [lines[0]] + lines.dropFirst().map { "       \($0)" }
    }

    private static func choice(_ choice: SentMessage.Choice) -> String {
        let target = choice.target ?? ""
        return switch choice.effect {
        case .open: "\(choice.title) → \(target)"
        case .call: "\(choice.title) → calls \(target)"
        case .tag: "\(choice.title) → tag \(target)"
        case .start: "\(choice.title) → starts \(target)"
        case .stop: "\(choice.title) → stops everything"
        case .postback: "\(choice.title) → postback \(target)"
        case .give: choice.title
        }
    }
}
