import SequenceFiles

/// The report for people: one line per problem, then the totals.
struct TextReport {
    private let result: CheckResult
    private let verbose: Bool

    init(_ result: CheckResult, verbose: Bool) {
        self.result = result
        self.verbose = verbose
    }

    /// - Parameter columns: the width of the terminal; nil if there is none.
    func lines(columns: Int?) -> [String] {
        let shown = result.diagnostics.filter { verbose || $0.severity != .note }.map(\.description)
        let steps =
            verbose
            ? result.sequences.flatMap { ["", $0.path] + Self.table($0.steps).lines(columns: columns) } : []
        return shown + steps + (steps.isEmpty ? [] : [""]) + [result.summary]
    }

    private static func table(_ steps: [StepFacts]) -> TextTable {
        var table = TextTable(["STEP", "AFTER", "IF THE PERSON STAYS SILENT", "TEXTS", "LONGEST"])
        for step in steps {
            let (texts, longest) =
                step.texts == 0 ? ("-", "-") : ("\(step.texts)", "\(step.longest) of \(step.limit)")
            table.add([step.step, step.after, step.permission, texts, longest])
        }
        return table
    }
}

/// The report as GitHub workflow commands, which annotate lines of files. Source: "Workflow commands for GitHub Actions",
/// section "Setting an error message"; the escapes are those of GitHub's toolkit (`packages/core/src/command.ts`).
struct GitHubReport {
    private let result: CheckResult
    private let verbose: Bool
    private let paths: RepositoryPath

    init(_ result: CheckResult, verbose: Bool, paths: RepositoryPath) {
        self.result = result
        self.verbose = verbose
        self.paths = paths
    }

    var text: String {
        let shown = result.diagnostics.filter { verbose || $0.severity != .note }
        return (shown.map(line) + [result.summary]).joined(separator: "\n")
    }

    private func line(_ diagnostic: Diagnostic) -> String {
        let command =
            switch diagnostic.severity {
            case .error: "error"
            case .warning: "warning"
            case .note: "notice"
            }
        let place = diagnostic.place.map { ",line=\($0.line),col=\($0.column)" } ?? ""
        let file = Self.property(paths.path(of: diagnostic.file))
        return "::\(command) file=\(file)\(place)::\(Self.data(diagnostic.text))"
    }

    private static func data(_ text: String) -> String {
        escaped(text, also: [:])
    }

    private static func property(_ text: String) -> String {
        escaped(text, also: [":": "%3A", ",": "%2C"])
    }

    /// Escapes scalars, not characters, because CR LF is a single character.
    private static func escaped(_ text: String, also more: [Unicode.Scalar: String]) -> String {
        let escapes = ["%": "%25", "\r": "%0D", "\n": "%0A"].merging(more) { first, _ in first }
        return text.unicodeScalars.map { escapes[$0] ?? String($0) }.joined()
    }
}
