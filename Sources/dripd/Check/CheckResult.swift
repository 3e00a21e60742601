import DripCore
import SequenceFiles

/// All that `dripd check` found.
struct CheckResult {
    /// What is wrong with the configuration.
    let configuration: [Diagnostic]
    let folder: SequenceFolder

    /// The configuration's first: it says where the files are.
    var diagnostics: [Diagnostic] { configuration + folder.diagnostics }

    func count(_ severity: Diagnostic.Severity) -> Int {
        diagnostics.count { $0.severity == severity }
    }

    /// For each file without errors, its steps in the order in which they go out.
    var sequences: [(path: String, sequence: DripSequence, steps: [StepFacts])] {
        folder.files.compactMap { file in
            guard let sequence = file.sequence, let reach = folder.reach[sequence.id] else { return nil }
            return (file.path, sequence, zip(sequence.steps, reach).map { StepFacts($0, $1) })
        }
    }

    var stepCount: Int { folder.files.compactMap(\.sequence).map(\.steps.count).reduce(0, +) }

    /// In one line.
    var summary: String {
        func count(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
        let read = "\(count(folder.files.count, "file")), \(count(stepCount, "step"))"
        let problems = [(self.count(.error), "error"), (self.count(.warning), "warning")]
            .filter { $0.0 > 0 }.map { count($0.0, $0.1) }
        return problems.isEmpty ? "\(read): nothing is wrong" : "\(read): \(problems.joined(separator: ", "))"
    }
}
