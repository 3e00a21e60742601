import DripCore

/// Reads `outside_window:`, the list of what a step may do when the platform's window is closed.
enum OutsideWindowReader {
    static func read(_ fields: Fields, _ context: StepContext, _ report: inout FileReport) -> [OutsideWindow] {
        var ways: [OutsideWindow] = []
        var seen: Set<String> = []
        for entry in report.list(fields, "outside_window") ?? [] {
            if let ended = entry.firstWord.flatMap(PlatformRules.ended) {
                report.error(ended.description, at: entry.place)
                continue
            }
            guard let choice = report.choice(entry, StepSchema.outsideWindow) else { continue }
            let name = choice.name
            if !seen.insert(name).inserted {
                report.error("duplicate '\(name)'", at: entry.place)
            } else if seen.contains("wait"), name != "wait" {
                report.error("'\(name)' after 'wait' can never be reached: 'wait' must be last", at: entry.place)
            }
            guard let way = way(choice, context, &report) else { continue }
            ways.append(way)
        }
        return ways
    }

    private static func way(
        _ choice: Choice,
        _ context: StepContext,
        _ report: inout FileReport
    ) -> OutsideWindow? {
        switch choice {
        case .word:
            return .marketing
        case .field(let field) where field.key == "one_time":
            return report.value(field) { (text) throws(ParseError) -> OutsideWindow in
                guard text.wholeMatch(of: /[A-Za-z0-9_.:-]{1,200}/) != nil else {
                    throw ParseError("'\(text)' is not a topic: use the payload of the notification request")
                }
                return .oneTime(topic: text)
            }
        case .field(let field) where field.key == "wait":
            return report.value(field) { (text) throws(ParseError) -> OutsideWindow in
                let time = try OffsetParser.parse(text)
                guard time.count > 0 else { throw ParseError("'\(text)' does not wait: leave 'wait' out") }
                return .wait(time.nominal)
            }
        case .field(let field):
            if context.purpose == .promotion {
                report.error(
                    "a utility template cannot be used with 'purpose: promotion': the platform forbids advertising in it",
                    at: field.place
                )
            }
            return UtilityReader.read(field.value, context, &report).map(OutsideWindow.utility)
        }
    }
}

extension YAMLNode {
    /// The only word or key of the node.
    fileprivate var firstWord: String? {
        switch content {
        case .scalar(let scalar): scalar.text.trimmed
        case .mapping(let fields) where fields.count == 1: fields[0].key
        case .mapping, .list, .reported: nil
        }
    }
}

extension Choice {
    fileprivate var name: String {
        switch self {
        case .word(let word): word
        case .field(let field): field.key
        }
    }
}

/// Reads a utility template and its parameters.
enum UtilityReader {
    static let namePattern = "^[A-Za-z0-9_-]{1,512}$"
    static let languagePattern = "^[a-z]{2,3}(_[A-Za-z0-9]{2,8})*$"

    static func read(_ node: YAMLNode, _ context: StepContext, _ report: inout FileReport) -> UtilityTemplate? {
        guard let fields = Fields(node, StepSchema.utility, report: &report) else { return nil }
        let name = report.value(fields, "template", name)
        let language = report.value(fields, "language", language)
        let parameters = parameters(fields, context, &report)
        guard let name, let language else { return nil }
        return UtilityTemplate(name: name, language: language, parameters: parameters)
    }

    private static func name(_ text: String) throws(ParseError) -> String {
        guard text.wholeMatch(of: /[A-Za-z0-9_\-]{1,512}/) != nil else {
            throw ParseError(
                "'\(text)' is not a template's name: use letters (a-z), digits and '_', as the platform does"
            )
        }
        return text
    }

    private static func language(_ text: String) throws(ParseError) -> String {
        guard text.wholeMatch(of: /[a-z]{2,3}(_[A-Za-z0-9]{2,8})*/) != nil else {
            let underscored = text.replacing("-", with: "_")
            let isNear = underscored.wholeMatch(of: /[a-z]{2,3}(_[A-Za-z0-9]{2,8})*/) != nil
            throw ParseError(
                "'\(text)' is not a language as the platform names it: 'vi', 'en_US'",
                suggestion: isNear ? underscored : nil
            )
        }
        return text
    }

    /// Reads a mapping with arbitrary keys.
    private static func parameters(
        _ fields: Fields,
        _ context: StepContext,
        _ report: inout FileReport
    ) -> [UtilityTemplate.Parameter] {
        guard let node = fields["parameters"] else { return [] }
        guard case .mapping(let entries) = node.content else {
            if case .reported = node.content { return [] }
            report.error("'parameters' must be a mapping ('name: text'), not \(node.kind)", at: node.place)
            return []
        }
        return entries.compactMap { entry in
            guard let scalar = report.scalar(entry.value, as: "'\(entry.key)'") else { return nil }
            guard !entry.key.trimmed.isEmpty else {
                report.error("a parameter without a name", at: entry.place)
                return nil
            }
            let reader = TextReader(scalar, at: entry.value.place, in: context.source)
            return reader.read(report: &report).map { .init(name: entry.key.trimmed, text: $0) }
        }
    }
}
