import DripCore

/// `stop:`, the list of what ends a person's way through the sequence.
enum StopReader {
    /// - Parameter own: the file's own sequence, where it is known.
    static func read(_ fields: Fields, own: String?, _ report: inout FileReport) -> [StopRule] {
        var rules: [StopRule] = []
        for entry in report.list(fields, "stop") ?? [] {
            guard let rule = rule(entry, own: own, &report) else { continue }
            guard !rules.contains(rule) else {
                report.error("this stop stands here a second time", at: entry.place)
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
        case .field(let field) where field.key == "tag": return report.value(field, TagText.parse).map(StopRule.tag)
        case .field(let field) where field.key == "sequence":
            guard let id = report.sequence(field.value, as: "'sequence'") else { return nil }
            guard id != own else {
                report.error(
                    "a sequence cannot stop itself: nobody starts it anew while they are under way in it",
                    at: field.value.place
                )
                return nil
            }
            return .sequence(id)
        case .word, .field, nil: return nil
        }
    }
}
