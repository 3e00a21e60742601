import Channels
package import DripCore

/// Reads `start:`, the list of events that enroll a person.
struct StartReader {
    static let longestPhrase = 200

    private(set) var report: FileReport
    /// The messages so far, in lower case. Texts that only `Phrase` considers equal may both be listed, because files once had to
    /// list every form.
    private var messages: Set<String> = []

    init(report: FileReport) {
        self.report = report
    }

    mutating func read(_ fields: Fields) -> [StartRule] {
        var rules: [StartRule] = []
        for entry in report.list(fields, "start") ?? [] {
            guard let rule = rule(entry) else { continue }
            guard !rules.contains(where: { $0.description == rule.description }) else {
                report.error("duplicate start", at: entry.place)
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
            report.value(field, IdentityParser.parseReferral).map(StartRule.ref)
        case .field(let field) where field.key == "message": message(field.value)
        case .field(let field) where field.key == "comment": comment(field.value)
        case .field(let field) where field.key == "postback": report.value(field, Self.payload).map(StartRule.postback)
        case .field(let field) where field.key == "tag": report.value(field, TagParser.parse).map(StartRule.tag)
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
            // The texts have errors. Without them the rule would match every comment.
            guard !contains.isEmpty else { return nil }
        }
        var post: String?
        if fields["post"] != nil {
            post = report.value(fields, "post", Self.post)
            guard post != nil else { return nil }
        }
        // A misspelled key has been reported already.
        guard !contains.isEmpty || post != nil else {
            guard !fields.has("contains"), !fields.has("post") else { return nil }
            report.error(
                "'comment' needs 'contains' or 'post', otherwise every comment would start the sequence",
                at: node.place
            )
            return nil
        }
        return .comment(CommentRule(contains: contains, post: post))
    }

    /// Reads one text or a list of texts.
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
            report.error("duplicate '\(text)': case and the form of accents do not matter", at: node.place)
            return nil
        }
        return Phrase(text)
    }

    /// Parses a post's id as the platform writes it in webhooks and addresses: the page's id, '_' and the post's own id.
    private static func post(_ text: String) throws(ParseError) -> String {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 2,
            parts.allSatisfy({ !$0.isEmpty && $0.count <= 32 && $0.allSatisfy("0123456789".contains) })
        else {
            throw ParseError(
                "a post is written as the page's id and its own, such as '1577703145783617_122093', not '\(text)'"
            )
        }
        return text
    }

    static func payload(_ text: String) throws(ParseError) -> String {
        let limit = MessengerLimits.payloadCharacters
        guard text.unicodeScalars.count <= limit else {
            throw ParseError("the payload has \(text.unicodeScalars.count) characters: Messenger takes \(limit)")
        }
        guard !Tap.isReserved(text) else {
            throw ParseError("'\(text)' is reserved for dripd's own buttons: use another payload")
        }
        return text
    }
}

extension Tap {
    /// Returns whether a payload begins like those of dripd's own buttons, which never reach a start rule.
    fileprivate static func isReserved(_ payload: String) -> Bool {
        payload == "dripd" || payload.hasPrefix("dripd/")
    }
}

/// Reads `stop:`, the list of events that end a person's enrollment.
enum StopReader {
    /// - Parameter own: the file's own sequence, if known.
    static func read(_ fields: Fields, own: String?, _ report: inout FileReport) -> [StopRule] {
        var rules: [StopRule] = []
        for entry in report.list(fields, "stop") ?? [] {
            guard let rule = rule(entry, own: own, &report) else { continue }
            guard !rules.contains(rule) else {
                report.error("duplicate stop", at: entry.place)
                continue
            }
            rules.append(rule)
        }
        return rules
    }

    private static func rule(_ node: YAMLNode, own: String?, _ report: inout FileReport) -> StopRule? {
        switch report.choice(node, SequenceSchema.stop) {
        case .word("opted_out"): return .optedOut
        case .word("replied"): return .replied
        case .field(let field) where field.key == "tag": return report.value(field, TagParser.parse).map(StopRule.tag)
        case .field(let field) where field.key == "sequence":
            guard let id = report.sequence(field.value, as: "'sequence'") else { return nil }
            guard id != own else {
                report.error(
                    "a sequence cannot stop itself: people under way in it cannot start it again",
                    at: field.value.place
                )
                return nil
            }
            return .sequence(id)
        case .word, .field, nil: return nil
        }
    }
}

/// The refs that start sequences.
package struct Referrals: Sendable {
    /// For each ref, the sequences that it starts, in the order of their names.
    private let sequences: [String: [DripSequence]]

    package init(_ catalog: Catalog) {
        var sequences: [String: [DripSequence]] = [:]
        for sequence in catalog.sequences.values.sorted(by: { $0.id < $1.id }) {
            for case .ref(let ref) in sequence.start { sequences[ref, default: []].append(sequence) }
        }
        self.sequences = sequences
    }

    package var refs: [String] { sequences.keys.sorted() }

    /// Returns the sequences that a ref starts on a page.
    /// - Parameter page: the page's id; nil for any page.
    package func sequences(on ref: String, page: String?) -> [DripSequence] {
        (sequences[ref] ?? []).filter { sequence in page.map(sequence.isFor) ?? true }
    }

    /// Checks that the platform accepts a ref.
    /// - Throws: `CommandLineProblem` if it does not.
    package static func check(_ ref: String) throws(CommandLineProblem) {
        do {
            _ = try IdentityParser.parseReferral(ref)
        } catch {
            throw CommandLineProblem(error)
        }
    }

    /// Returns the known ref that was probably meant.
    package func nearest(to ref: String) -> String? {
        Spelling.nearest(to: ref, of: refs)
    }
}
