import Channels
import DripCore

/// Reads what a sequence or a step says about channels: `via`, `ask`, and a step's own content for each channel.
enum ChannelReader {
    /// Reads `via:`, the order in which channels are tried.
    static func readVia(_ fields: Fields, _ report: inout FileReport) -> [ChannelName]? {
        guard let entries = report.list(fields, "via") else { return nil }
        var channels: [ChannelName] = []
        for entry in entries {
            guard let text = report.text(entry, as: "a channel"),
                let channel = report.value(text, at: entry.place, channel)
            else { continue }
            if channels.contains(channel) {
                report.error("duplicate channel '\(channel.rawValue)'", at: entry.place)
            } else {
                channels.append(channel)
            }
        }
        return channels
    }

    static func channel(_ text: String) throws(ParseError) -> ChannelName {
        guard let rules = ChannelRegistry.rules(of: ChannelName(rawValue: text)) else {
            throw ParseError(
                "'\(text)' is not a channel: use \(Words.either(names))",
                suggestion: Spelling.nearest(to: text, of: names)
            )
        }
        return rules.name
    }

    static var names: [String] { ChannelRegistry.all.map(\.name.rawValue) }

    /// The channels whose addresses people can simply tell.
    static var asked: [ChannelRules] { ChannelRegistry.all.filter { $0.attribute != nil } }

    /// Reads `ask:`, a word or a mapping with more about it.
    static func readAsk(_ fields: Fields, _ context: StepContext, _ report: inout FileReport) -> Ask? {
        guard let node = fields["ask"] else { return nil }
        let purpose: Purpose = context.purpose == .transaction ? .care : context.purpose
        guard case .mapping = node.content else {
            return report.value(fields, "ask", asked).map {
                Ask(channel: $0.name, attribute: $0.attribute ?? "", purpose: purpose, text: nil)
            }
        }
        guard let chosen = Fields(node, StepSchema.ask, report: &report) else { return nil }
        for rules in asked {
            guard let node = chosen[rules.name.rawValue], let more = Fields(node, StepSchema.askMore, report: &report)
            else { continue }
            let named: Purpose? = report.value(more, "purpose") { (text) throws(ParseError) in
                try WordParser.parse(text)
            }
            return Ask(
                channel: rules.name,
                attribute: rules.attribute ?? "",
                purpose: named ?? purpose,
                text: report.text(more, "text")
            )
        }
        return nil
    }

    private static func asked(_ text: String) throws(ParseError) -> ChannelRules {
        let names = asked.map(\.name.rawValue)
        guard let rules = asked.first(where: { $0.name.rawValue == text }) else {
            throw ParseError(
                "'\(text)' is not an address to ask for: use \(Words.either(names))",
                suggestion: Spelling.nearest(to: text, of: names)
            )
        }
        return rules
    }

    /// Reads a step's own content for each channel.
    /// - Parameter hasText: whether the step has a text, which fills a channel's text.
    static func readContent(
        _ step: Fields,
        _ context: StepContext,
        hasText: Bool,
        _ report: inout FileReport
    ) -> [ChannelName: [String: TextTemplate]] {
        var content: [ChannelName: [String: TextTemplate]] = [:]
        for rules in ChannelRegistry.all where !rules.content.isEmpty {
            guard let node = step[rules.name.rawValue],
                let fields = Fields(node, StepSchema.content(of: rules), report: &report)
            else { continue }
            var texts: [String: TextTemplate] = [:]
            for field in rules.content {
                if let text = read(field, fields, rules, context, &report) { texts[field.name] = text }
                let isFilled = field.name == ContentField.text && hasText
                if field.isRequired, !fields.has(field.name), !isFilled {
                    report.error("'\(rules.name.rawValue)' needs '\(field.name)'", at: fields.place)
                }
            }
            content[rules.name] = texts
        }
        return content
    }

    private static func read(
        _ field: ContentField,
        _ fields: Fields,
        _ rules: ChannelRules,
        _ context: StepContext,
        _ report: inout FileReport
    ) -> TextTemplate? {
        guard let node = fields[field.name] else { return nil }
        if field.isURL {
            return report.value(fields, field.name, WebAddress.parse).map { TextTemplate(segments: [.literal($0)]) }
        }
        guard let scalar = report.scalar(fields, field.name) else { return nil }
        let reader = TextReader(scalar, at: node.place, in: context.source)
        return reader.read(
            limit: field.limit,
            of: "\(Words.list([field.name])) of \(rules.noun)",
            by: nil,
            report: &report
        )
    }
}
