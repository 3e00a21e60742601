import SequenceFiles

/// For GitHub's workflows, which show such lines beside the lines of the files. Source: "Workflow commands for GitHub
/// Actions", section "Setting an error message"; the escapes are those of its toolkit (`packages/core/src/command.ts`).
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

    /// By scalars: CR and LF together are one character.
    private static func escaped(_ text: String, also more: [Unicode.Scalar: String]) -> String {
        let escapes = ["%": "%25", "\r": "%0D", "\n": "%0A"].merging(more) { first, _ in first }
        return text.unicodeScalars.map { escapes[$0] ?? String($0) }.joined()
    }
}
