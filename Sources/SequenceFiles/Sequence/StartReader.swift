import DripCore

/// `start:`, the list of what enrols a person.
struct StartReader {
    static let longestPhrase = 200

    private(set) var report: FileReport
    private var phrases: Set<Phrase> = []

    init(report: FileReport) {
        self.report = report
    }

    mutating func read(_ fields: Fields) -> [StartRule] {
        var rules: [StartRule] = []
        for entry in report.list(fields, "start") ?? [] {
            guard let rule = rule(entry) else { continue }
            guard !rules.contains(rule) else {
                report.error("this start stands here a second time", at: entry.place)
                continue
            }
            rules.append(rule)
        }
        return rules
    }

    private mutating func rule(_ node: YAMLNode) -> StartRule? {
        switch report.choice(node, SequenceSchema.start) {
        case .word("first_message"): .firstMessage
        case .word("manual"): .manual
        case .field(let field) where field.key == "ref":
            report.value(field, IdentityText.parseReferral).map(StartRule.ref)
        case .field(let field) where field.key == "message": message(field.value)
        case .field(let field) where field.key == "postback": report.value(field, Self.payload).map(StartRule.postback)
        case .field(let field) where field.key == "tag": report.value(field, TagText.parse).map(StartRule.tag)
        case .word, .field, nil: nil
        }
    }

    /// One text or a list of texts.
    private mutating func message(_ node: YAMLNode) -> StartRule? {
        guard case .list(let entries) = node.content else {
            return phrase(node, as: "'message'").map { .message([$0]) }
        }
        guard !entries.isEmpty else {
            report.error("'message' is empty", at: node.place)
            return nil
        }
        let phrases = entries.compactMap { phrase($0, as: "a message") }
        return phrases.isEmpty ? nil : .message(phrases)
    }

    private mutating func phrase(_ node: YAMLNode, as name: String) -> Phrase? {
        guard let text = report.text(node, as: name) else { return nil }
        let count = text.count
        guard count <= Self.longestPhrase else {
            report.error(
                "the message has \(count) characters: at most \(Self.longestPhrase) are compared",
                at: node.place
            )
            return nil
        }
        guard phrases.insert(Phrase(text)).inserted else {
            report.error("'\(text)' stands here a second time: case and accents' form do not count", at: node.place)
            return nil
        }
        return Phrase(text)
    }

    static func payload(_ text: String) throws(Fault) -> String {
        let limit = MessengerLimits.payloadCharacters
        guard text.unicodeScalars.count <= limit else {
            throw Fault("the payload has \(text.unicodeScalars.count) characters: Messenger takes \(limit)")
        }
        guard !Tap.isReserved(text) else {
            throw Fault("'\(text)' is a payload of dripd's own buttons: they do what the file says that they do")
        }
        return text
    }
}

extension Tap {
    /// Payloads that begin as ours do would not reach a start rule.
    fileprivate static func isReserved(_ payload: String) -> Bool {
        payload == "dripd" || payload.hasPrefix("dripd/")
    }
}
