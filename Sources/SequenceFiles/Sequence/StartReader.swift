import DripCore

/// `start:`, the list of what enrols a person.
enum StartReader {
    static func read(_ fields: Fields, _ report: inout FileReport) -> [StartRule] {
        var rules: [StartRule] = []
        for entry in report.list(fields, "start") ?? [] {
            guard let rule = rule(entry, &report) else { continue }
            guard !rules.contains(rule) else {
                report.error("this start stands here a second time", at: entry.place)
                continue
            }
            rules.append(rule)
        }
        return rules
    }

    private static func rule(_ node: YAMLNode, _ report: inout FileReport) -> StartRule? {
        switch node.content {
        case .reported: return nil
        case .scalar(let scalar): return word(scalar.text.trimmed, at: node.place, &report)
        case .mapping(let fields) where fields.count == 1: return field(fields[0], &report)
        case .mapping, .list:
            report.error("a start must be one word or one 'key: value', such as 'ref: spring'", at: node.place)
            return nil
        }
    }

    private static func word(_ word: String, at place: Place, _ report: inout FileReport) -> StartRule? {
        switch word {
        case "first_message": return .firstMessage
        case "manual": return .manual
        case "ref": report.error("'ref' needs the link's ref: write 'ref: spring'", at: place)
        case "": report.error("this start is empty", at: place)
        case _ where SequenceSchema.startLater.contains(word):
            report.error("start '\(word)' is not yet supported", at: place)
        default: report.error("unknown start '\(word)'", at: place, suggestion: nearest(word))
        }
        return nil
    }

    private static func field(_ field: YAMLField, _ report: inout FileReport) -> StartRule? {
        switch field.key {
        case "ref":
            guard !field.value.isEmpty else {
                report.error("'ref' is empty", at: field.place)
                return nil
            }
            guard let text = report.text(field.value, as: "'ref'") else { return nil }
            return report.value(text, at: field.value.place, IdentityText.parseReferral).map(StartRule.ref)
        case _ where SequenceSchema.startWords.contains(field.key):
            report.error("'\(field.key)' stands alone, without ':'", at: field.place)
        case _ where SequenceSchema.startLater.contains(field.key):
            report.error("start '\(field.key)' is not yet supported", at: field.place)
        default:
            report.error("unknown start '\(field.key)'", at: field.place, suggestion: nearest(field.key))
        }
        return nil
    }

    private static func nearest(_ word: String) -> String? {
        Spelling.nearest(to: word, of: SequenceSchema.startWords + ["ref"] + SequenceSchema.startLater)
    }
}
