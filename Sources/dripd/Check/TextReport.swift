import SequenceFiles

/// For people: a problem a line, and at the end how many there are.
struct TextReport {
    private let result: CheckResult
    private let verbose: Bool

    init(_ result: CheckResult, verbose: Bool) {
        self.result = result
        self.verbose = verbose
    }

    var text: String {
        let shown = result.diagnostics.filter { verbose || $0.severity != .note }.map(\.description)
        let steps = verbose ? result.sequences.map { "\n\($0.path)\n\(Self.table($0.steps))" } : []
        return (shown + steps + (steps.isEmpty ? [] : [""]) + [result.summary]).joined(separator: "\n")
    }

    private static func table(_ steps: [StepFacts]) -> String {
        var table = TextTable(["STEP", "AFTER", "REACHES WHO STAYS SILENT BY", "TEXTS", "LONGEST"])
        for step in steps {
            let (texts, longest) =
                step.texts == 0 ? ("-", "-") : ("\(step.texts)", "\(step.longest) of \(step.limit)")
            table.add([step.step, step.after, step.permission, texts, longest])
        }
        return table.text
    }
}
