import DripCore

/// `only_if:`, who gets a step.
enum ConditionReader {
    static func read(_ node: YAMLNode, _ report: inout FileReport) -> Condition? {
        guard case .field(let field) = report.choice(node, StepSchema.onlyIf) else { return nil }
        switch field.key {
        case "tag": return report.value(field, TagText.parse).map(Condition.tag)
        case "not_tag": return report.value(field, TagText.parse).map(Condition.notTag)
        case "has": return report.value(field, attribute).map(Condition.has)
        default: return report.value(field, WordText.truth).map(Condition.replied)
        }
    }

    private static func attribute(_ text: String) throws(Fault) -> String {
        guard isAttribute(text) else {
            throw Fault("'\(text)' is not an attribute's name, such as phone or email: use letters, digits and '_'")
        }
        return text
    }

    /// As in a text's `{{…}}`.
    private static func isAttribute(_ name: String) -> Bool {
        guard let first = name.first, first.isLetter || first == "_" else { return false }
        return name.allSatisfy { $0.isLetter || ("0"..."9").contains($0) || $0 == "_" }
    }
}
