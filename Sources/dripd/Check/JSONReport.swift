import DripCore
import SequenceFiles

/// For programs. Every key is always there: null where there is nothing to say.
struct JSONReport: Encodable {
    struct Finding: Encodable {
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

    let diagnostics: [Finding]
    let sequences: [SequenceFacts]
    let summary: Summary

    init(_ result: CheckResult) {
        diagnostics = result.diagnostics.map(Finding.init)
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
