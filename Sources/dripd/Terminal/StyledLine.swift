import Channels
import DripCore
import DripEngine

/// A line whose parts have styles.
struct StyledLine {
    enum Style {
        case plain
        case dim
        case green

        fileprivate var code: String? {
            switch self {
            case .plain: nil
            case .dim: "\u{1B}[2m"
            case .green: "\u{1B}[32m"
            }
        }
    }

    private var pieces: [(text: String, style: Style)] = []

    init(_ pieces: [(String, Style)]) {
        self.pieces = pieces.map { (TerminalSanitizer.line($0.0), $0.1) }
    }

    /// - Parameters:
    ///   - columns: the width to which the line is cut; nil to keep all of it.
    ///   - hasColour: whether to show the styles.
    func text(columns: Int?, hasColour: Bool) -> String {
        var left = columns ?? .max
        var result = ""
        for piece in pieces where left > 0 {
            let text = piece.text.cut(to: left)
            left -= TextWidth.of(text)
            guard hasColour, let code = piece.style.code else {
                result += text
                continue
            }
            result += code + text + "\u{1B}[0m"
        }
        return result
    }
}

/// The lines of a message, as the person sees it.
enum MessageFormatter {
    static func lines(_ message: SentMessage) -> [String] {
        var lines = message.persona.map { ["(as persona \($0))"] } ?? []
        switch message.kind {
        case .text:
            lines += (message.text ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        case .images: lines += message.media.map { "(picture \($0))" }
        case .video, .audio, .file: lines += message.media.map { "(\(message.kind.rawValue) \($0))" }
        case .cards: lines += message.cards.flatMap(card)
        case .ofChannel:
            let fields = message.fields ?? [:]
            let names = ChannelRegistry.all.flatMap(\.content).map(\.name)
            let order = names.firstIndex(of:)
            for (name, value) in fields.sorted(by: { order($0.key) ?? 0 < order($1.key) ?? 0 }) {
                let text = value.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                lines += name == ContentField.text ? [""] + text : text.map { "\(name): \($0)" }
            }
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
