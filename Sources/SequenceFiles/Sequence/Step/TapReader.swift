import DripCore

/// `buttons:` and `quick_replies:`, what a person can tap.
enum TapReader {
    /// Those of a step.
    static func readButtons(_ fields: Fields, _ context: StepContext, _ report: inout FileReport) -> [Button] {
        if fields["buttons"] != nil, !fields.has("text"), !fields.has("variants") {
            report.error("buttons stand below a text, and this step has none", at: fields.place(of: "buttons"))
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
            let phone = report.value(fields, "phone", PhoneText.parse)
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
                report.error("this quick reply stands here a second time", at: entry.place)
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

    /// Words of their own: the platform writes the title.
    private static func contact(_ word: String) throws(Fault) -> QuickReply {
        switch word {
        case "phone": return .phone
        case "email": return .email
        default:
            throw Fault(
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
        report.value(fields, "title") { (text) throws(Fault) -> String in
            guard !text.contains("{{") else { throw Fault("variables and word lists work only in 'text'") }
            if let foreign = ForeignPlaceholders(in: text).found.first(where: \.isError) {
                throw Fault("variables work only in 'text', and \(foreign.message)")
            }
            let count = text.unicodeScalars.count
            guard count <= limit else {
                throw Fault("the title has \(count) characters: Messenger takes \(limit) \(place)")
            }
            return text
        }
    }

    /// nil when there is none, or it is wrong. Names are so short that every tap fits into a payload.
    private static func tap(_ fields: Fields, _ context: StepContext, _ report: inout FileReport) -> Tap? {
        if let node = fields["start"], let id = report.sequence(node, as: "'start'") {
            if id == context.sequence, context.again == .never {
                report.error(
                    "a tap here does nothing: whoever gets this is in '\(id)' already, and with 'again: never' nobody "
                        + "starts it a second time",
                    at: node.place
                )
            }
            return .start(id)
        }
        if fields["tag"] != nil { return report.value(fields, "tag", TagText.parse).map(Tap.tag) }
        guard fields["stop"] != nil else { return nil }
        return report.value(fields, "stop") { (text) throws(Fault) -> Tap in
            guard try WordText.truth(text) else { throw Fault("'stop' is true, or left out") }
            return .stop
        }
    }
}
