import DripCore

/// `start:`, the list of what enrols a person.
struct StartReader {
    static let longestPhrase = 200

    private(set) var report: FileReport
    /// In lower case. Texts that only `Phrase` takes for the same may both be there: files had to name all of them once.
    private var messages: Set<String> = []

    init(report: FileReport) {
        self.report = report
    }

    mutating func read(_ fields: Fields) -> [StartRule] {
        var rules: [StartRule] = []
        for entry in report.list(fields, "start") ?? [] {
            guard let rule = rule(entry) else { continue }
            guard !rules.contains(where: { $0.description == rule.description }) else {
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
        case .field(let field) where field.key == "comment": comment(field.value)
        case .field(let field) where field.key == "postback": report.value(field, Self.payload).map(StartRule.postback)
        case .field(let field) where field.key == "tag": report.value(field, TagText.parse).map(StartRule.tag)
        case .word, .field, nil: nil
        }
    }

    private mutating func message(_ node: YAMLNode) -> StartRule? {
        var known = messages
        defer { messages = known }
        let phrases = phrases(node, as: "message", among: &known)
        return phrases.isEmpty ? nil : .message(phrases)
    }

    private mutating func comment(_ node: YAMLNode) -> StartRule? {
        guard let fields = Fields(node, SequenceSchema.comment, report: &report) else { return nil }
        var known: Set<String> = []
        var contains: [Phrase] = []
        if let node = fields["contains"] {
            contains = phrases(node, as: "contains", among: &known)
            // What it was to contain is known not to be understood: it must not become any comment.
            guard !contains.isEmpty else { return nil }
        }
        var post: String?
        if fields["post"] != nil {
            post = report.value(fields, "post", Self.post)
            guard post != nil else { return nil }
        }
        // A misspelt key has been reported.
        guard !contains.isEmpty || post != nil else {
            guard !fields.has("contains"), !fields.has("post") else { return nil }
            report.error("'comment' needs 'contains' or 'post', or it would start at every comment", at: node.place)
            return nil
        }
        return .comment(CommentRule(contains: contains, post: post))
    }

    /// One text or a list of texts.
    private mutating func phrases(_ node: YAMLNode, as key: String, among known: inout Set<String>) -> [Phrase] {
        guard case .list(let entries) = node.content else {
            return phrase(node, as: "'\(key)'", among: &known).map { [$0] } ?? []
        }
        guard !entries.isEmpty else {
            report.error("'\(key)' is empty", at: node.place)
            return []
        }
        return entries.compactMap { phrase($0, as: "a \(key == "contains" ? "text" : key)", among: &known) }
    }

    private mutating func phrase(
        _ node: YAMLNode,
        as name: String,
        among known: inout Set<String>
    ) -> Phrase? {
        guard let text = report.text(node, as: name) else { return nil }
        let count = text.count
        guard count > 0 else {
            report.error("\(name) is empty", at: node.place)
            return nil
        }
        guard count <= Self.longestPhrase else {
            report.error(
                "the text has \(count) characters: at most \(Self.longestPhrase) are compared",
                at: node.place
            )
            return nil
        }
        report.checkTyped(text, as: name, at: node.place)
        guard known.insert(text.lowercased()).inserted else {
            report.error("'\(text)' stands here a second time: case and accents' form do not count", at: node.place)
            return nil
        }
        return Phrase(text)
    }

    /// The page's id and the post's, as the platform writes it in webhooks and addresses.
    private static func post(_ text: String) throws(Fault) -> String {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ !$0.isEmpty && $0.count <= 32 && $0.allSatisfy("0123456789".contains) })
        else {
            throw Fault(
                "a post is written as the page's id and its own, such as '1577703145783617_122093', not '\(text)'"
            )
        }
        return text
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
