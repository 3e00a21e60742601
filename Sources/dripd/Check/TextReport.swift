import SequenceFiles

/// For people: a problem a line, and at the end how many there are.
struct TextReport {
    private let result: CheckResult
    private let verbose: Bool

    init(_ result: CheckResult, verbose: Bool) {
        self.result = result
        self.verbose = verbose
    }

    /// - Parameter columns: how wide the terminal is that shows them; nil: there is none.
    func lines(columns: Int?) -> [String] {
        let shown = result.diagnostics.filter { verbose || $0.severity != .note }.map(\.description)
        let steps =
            verbose
            ? result.sequences.flatMap { ["", $0.path] + Self.table($0.steps).lines(columns: columns) } : []
        return shown + steps + (steps.isEmpty ? [] : [""]) + [result.summary]
    }

    private static func table(_ steps: [StepFacts]) -> TextTable {
        var table = TextTable(["STEP", "AFTER", "REACHES WHO STAYS SILENT BY", "TEXTS", "LONGEST"])
        for step in steps {
            let (texts, longest) =
                step.texts == 0 ? ("-", "-") : ("\(step.texts)", "\(step.longest) of \(step.limit)")
            table.add([step.step, step.after, step.permission, texts, longest])
        }
        return table
    }
}
