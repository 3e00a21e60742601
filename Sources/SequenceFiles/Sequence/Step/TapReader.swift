import Channels
import DripCore

/// Reads `buttons:` and `quick_replies:`, which a person can tap.
enum TapReader {
    /// Reads the buttons of a step.
    static func readButtons(_ fields: Fields, _ context: StepContext, _ report: inout FileReport) -> [Button] {
        if fields["buttons"] != nil, !fields.has("text"), !fields.has("variants") {
            report.error("buttons need a text, and this step has none", at: fields.place(of: "buttons"))
        }
        return readButtons(fields, context, on: "below a text", &report)
    }

    static func readButtons(
        _ fields: Fields,
        _ context: StepContext,
        on place: String,
        _ report: inout FileReport
    ) -> [Button] {
        guard let entries = report.list(fields, "buttons") else { return [] }
        if entries.count > MessengerLimits.buttons {
            report.error(
                "\(entries.count) buttons: Messenger takes \(MessengerLimits.buttons) \(place)",
                at: entries[MessengerLimits.buttons].place
            )
        }
        return entries.compactMap { entry in
            guard let fields = Fields(entry, StepSchema.button, report: &report) else { return nil }
            let limit = MessengerLimits.buttonTitleCharacters
            let title = title(fields, limit: limit, place: "on a button", &report)
            let url = report.value(fields, "url", WebAddress.parse)
            let phone = report.value(fields, "phone", PhoneParser.parse)
            let payload = report.value(fields, "postback", StartReader.payload)
            let tap = tap(fields, context, &report).map(Button.Action.tap)
            let action =
                url.map(Button.Action.url) ?? phone.map(Button.Action.phone) ?? payload.map(Button.Action.postback)
                ?? tap
            guard let title, let action else { return nil }
            return Button(title: title, action: action)
        }
    }

    static func readQuickReplies(_ fields: Fields, _ context: StepContext, _ report: inout FileReport) -> [QuickReply] {
        guard let entries = report.list(fields, "quick_replies") else { return [] }
        if entries.count > MessengerLimits.quickReplies {
            report.error(
                "\(entries.count) quick replies: Messenger takes \(MessengerLimits.quickReplies) below a message",
                at: entries[MessengerLimits.quickReplies].place
            )
        }
        var seen: Set<QuickReply> = []
        return entries.compactMap { entry in
            guard let reply = quickReply(entry, context, &report) else { return nil }
            if !seen.insert(reply).inserted {
                report.error("duplicate quick reply", at: entry.place)
            }
            return reply
        }
    }

    private static func quickReply(
        _ entry: YAMLNode,
        _ context: StepContext,
        _ report: inout FileReport
    ) -> QuickReply? {
        if case .scalar = entry.content {
            return report.text(entry, as: "a quick reply").flatMap { report.value($0, at: entry.place, contact) }
        }
        guard let fields = Fields(entry, StepSchema.quickReply, report: &report) else { return nil }
        let limit = MessengerLimits.quickReplyTitleCharacters
        let title = title(fields, limit: limit, place: "on a quick reply", &report)
        guard let tap = tap(fields, context, &report), let title else { return nil }
        return QuickReply(title: title, tap: tap)
    }

    /// Parses `phone` or `email`, whose titles the platform writes.
    private static func contact(_ word: String) throws(ParseError) -> QuickReply {
        switch word {
        case "phone": return .phone
        case "email": return .email
        default:
            throw ParseError(
                "'\(word)' is not a quick reply: write phone, email or '{title: …}' with what a tap does",
                suggestion: Spelling.nearest(to: word, of: StepSchema.contacts)
            )
        }
    }

    private static func title(
        _ fields: Fields,
        limit: Int,
        place: String,
        _ report: inout FileReport
    ) -> String? {
        report.value(fields, "title") { (text) throws(ParseError) -> String in
            guard !text.contains("{{") else { throw ParseError("variables and word lists work only in 'text'") }
            if let foreign = ForeignPlaceholders(in: text).found.first(where: \.isError) {
                throw ParseError("variables work only in 'text', and \(foreign.message)")
            }
            let count = text.unicodeScalars.count
            guard count <= limit else {
                throw ParseError("the title has \(count) characters: Messenger takes \(limit) \(place)")
            }
            return text
        }
    }

    /// Returns nil if there is no tap, or it has errors. Names are short enough for every tap to fit into a payload.
    private static func tap(_ fields: Fields, _ context: StepContext, _ report: inout FileReport) -> Tap? {
        if let node = fields["start"], let id = report.sequence(node, as: "'start'") {
            if id == context.sequence, context.again == .never {
                report.error(
                    "a tap here does nothing: people who get this are in '\(id)' already, and with 'again: never' they "
                        + "cannot start it a second time",
                    at: node.place
                )
            }
            return .start(id)
        }
        if fields["tag"] != nil { return report.value(fields, "tag", TagParser.parse).map(Tap.tag) }
        guard fields["stop"] != nil else { return nil }
        return report.value(fields, "stop") { (text) throws(ParseError) -> Tap in
            guard try WordParser.truth(text) else { throw ParseError("'stop' is true, or left out") }
            return .stop
        }
    }
}

/// Reads `cards:`, which appear side by side.
enum CardReader {
    private static let contents = ["subtitle", "image", "url", "buttons"]

    static func read(_ fields: Fields, _ context: StepContext, _ report: inout FileReport) -> [Card] {
        guard let entries = report.list(fields, "cards") else { return [] }
        if entries.count > MessengerLimits.cards {
            report.error(
                "\(entries.count) cards: Messenger takes \(MessengerLimits.cards) in a message",
                at: entries[MessengerLimits.cards].place
            )
        }
        return entries.compactMap { entry in
            guard let fields = Fields(entry, StepSchema.card, report: &report) else { return nil }
            let title = text(fields, "title", MessengerLimits.cardTitleCharacters, context, &report)
            let subtitle = text(fields, "subtitle", MessengerLimits.cardSubtitleCharacters, context, &report)
            let image = report.value(fields, "image", image)
            let url = report.value(fields, "url", WebAddress.parse)
            let buttons = TapReader.readButtons(fields, context, on: "on a card", &report)
            if !contents.contains(where: fields.has) {
                report.error("a card needs more than its title: write \(Words.either(contents))", at: entry.place)
            }
            return title.map { Card(title: $0, subtitle: subtitle, image: image, url: url, buttons: buttons) }
        }
    }

    private static func text(
        _ fields: Fields,
        _ key: String,
        _ limit: Int,
        _ context: StepContext,
        _ report: inout FileReport
    ) -> TextTemplate? {
        guard let node = fields[key], let scalar = report.scalar(fields, key) else { return nil }
        return TextReader(scalar, at: node.place, in: context.source)
            .read(limit: limit, of: "a card's \(key)", report: &report)
    }

    private static func image(_ text: String) throws(ParseError) -> String {
        guard text.contains("://") else {
            throw ParseError(
                "'\(text)' is a file: on a card, Messenger takes only pictures with an https:// address"
            )
        }
        return try WebAddress.parse(text)
    }
}
