import Channels
import DripCore
import SequenceFiles

/// The report for programs. Every key is always present; an absent value is null.
struct JSONReport: Encodable {
    struct CheckFinding: Encodable {
        let diagnostic: Diagnostic

        private enum Key: String, CodingKey {
            case file
            case line
            case column
            case severity
            case message
            case suggestion
        }

        func encode(to encoder: any Encoder) throws {
            var keys = encoder.container(keyedBy: Key.self)
            try keys.encode(diagnostic.file, forKey: .file)
            try keys.encode(diagnostic.place?.line, forKey: .line)
            try keys.encode(diagnostic.place?.column, forKey: .column)
            try keys.encode(diagnostic.severity.rawValue, forKey: .severity)
            try keys.encode(diagnostic.message, forKey: .message)
            try keys.encode(diagnostic.suggestion, forKey: .suggestion)
        }
    }

    struct SequenceFacts: Encodable {
        let file: String
        let sequence: String
        let steps: [StepFacts]
    }

    struct Summary: Encodable {
        let files: Int
        let steps: Int
        let errors: Int
        let warnings: Int
        let notes: Int
    }

    let diagnostics: [CheckFinding]
    let sequences: [SequenceFacts]
    let summary: Summary

    init(_ result: CheckResult) {
        diagnostics = result.diagnostics.map(CheckFinding.init)
        sequences = result.sequences.map { SequenceFacts(file: $0.path, sequence: $0.sequence.id, steps: $0.steps) }
        summary = Summary(
            files: result.folder.files.count,
            steps: result.stepCount,
            errors: result.count(.error),
            warnings: result.count(.warning),
            notes: result.count(.note)
        )
    }
}

/// Facts about a step that its file does not show.
struct StepFacts: Encodable {
    let step: String
    let after: String
    /// The permission under which the step reaches a person who stays silent.
    let permission: String
    /// The number of different texts that variants and word lists make; 0 if the step has no text.
    let texts: Int
    /// The length of the longest text in characters. Variables without a default count as empty.
    let longest: Int
    /// The channel's limit for a text, in characters.
    let limit: Int

    init(_ step: Step, _ reach: Reachability) {
        self.step = step.id
        after = step.at.map { "\(step.after) at \(TimeOfDay.text($0))" } ?? "\(step.after)"
        permission = reach.description
        texts = step.variants.reduce(0) { total, variant in
            let (sum, overflow) = total.addingReportingOverflow(variant.text.variants)
            return overflow ? .max : sum
        }
        longest = step.variants.map { $0.text.longestScalars(variableScalars: 0) }.max() ?? 0
        limit =
            step.buttons.isEmpty ? MessengerLimits.textCharacters : MessengerLimits.textWithButtonsCharacters
    }
}
