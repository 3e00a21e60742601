import DripCore

/// A step's `text:` or its `variants:`.
enum VariantsReader {
    static let most = 20

    static func read(_ fields: Fields, _ context: StepContext, _ report: inout FileReport) -> [Variant] {
        let hasButtons = fields["buttons"] != nil
        if fields.has("text"), fields.has("variants") {
            report.error("a step has 'text' or 'variants', not both", at: fields.place(of: "variants"))
        }
        var variants =
            text(fields, context, hasButtons: hasButtons, &report).map { [Variant(text: $0, weight: 1)] } ?? []
        guard let entries = report.list(fields, "variants") else { return variants }
        if entries.count < 2 {
            report.error("a split test has at least 2 variants: write 'text' for one", at: fields.place(of: "variants"))
        }
        if entries.count > most {
            report.error("\(entries.count) variants: at most \(most) are told apart", at: entries[most].place)
        }
        for entry in entries {
            guard let fields = Fields(entry, StepSchema.variant, report: &report) else { continue }
            let weight = report.value(fields, "weight", weight) ?? 1
            guard let text = text(fields, context, hasButtons: hasButtons, &report) else { continue }
            variants.append(Variant(text: text, weight: weight))
        }
        return variants
    }

    private static func text(
        _ fields: Fields,
        _ context: StepContext,
        hasButtons: Bool,
        _ report: inout FileReport
    ) -> TextTemplate? {
        guard let node = fields["text"], let scalar = report.scalar(fields, "text") else { return nil }
        let reader = TextReader(scalar, at: node.place, in: context.source)
        return reader.read(hasButtons: hasButtons, report: &report)
    }

    private static func weight(_ text: String) throws(Fault) -> Int {
        guard let weight = Int(text), (1...1000).contains(weight), !text.hasPrefix("+") else {
            throw Fault("'\(text)' is not a weight: a whole number from 1 to 1000")
        }
        return weight
    }
}
