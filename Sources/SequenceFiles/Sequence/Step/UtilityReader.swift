import DripCore

/// A utility template, and what goes into its places.
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

    private static func name(_ text: String) throws(Fault) -> String {
        guard text.wholeMatch(of: /[A-Za-z0-9_\-]{1,512}/) != nil else {
            throw Fault("'\(text)' is not a template's name: use letters (a-z), digits and '_', as the platform does")
        }
        return text
    }

    private static func language(_ text: String) throws(Fault) -> String {
        guard text.wholeMatch(of: /[a-z]{2,3}(_[A-Za-z0-9]{2,8})*/) != nil else {
            let underscored = text.replacing("-", with: "_")
            let isNear = underscored.wholeMatch(of: /[a-z]{2,3}(_[A-Za-z0-9]{2,8})*/) != nil
            throw Fault(
                "'\(text)' is not a language as the platform names it: 'vi', 'en_US'",
                suggestion: isNear ? underscored : nil
            )
        }
        return text
    }

    /// A mapping with keys of one's own.
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
