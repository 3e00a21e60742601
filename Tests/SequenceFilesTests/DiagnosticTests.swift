import Testing

@testable import SequenceFiles

struct DiagnosticTests {
    @Test func `diagnostics come in the order in which an author works through them`() {
        func make(
            _ file: String,
            _ place: SequenceFiles.SourceLocation?,
            _ severity: Diagnostic.Severity,
            _ message: String
        ) -> Diagnostic {
            Diagnostic(file: file, place: place, severity: severity, message: message)
        }
        let sorted = [
            make("b", SequenceFiles.SourceLocation(line: 1, column: 1), .error, "x"),
            make("a", SequenceFiles.SourceLocation(line: 10, column: 1), .error, "x"),
            make("a", SequenceFiles.SourceLocation(line: 9, column: 2), .warning, "x"),
            make("a", SequenceFiles.SourceLocation(line: 9, column: 2), .error, "y"),
            make("a", SequenceFiles.SourceLocation(line: 9, column: 2), .error, "x"),
            make("a", nil, .note, "x"),
        ].sorted()
        #expect(
            sorted.map(\.description) == [
                "a: note: x", "a:9:2: error: x", "a:9:2: error: y", "a:9:2: warning: x", "a:10:1: error: x",
                "b:1:1: error: x",
            ]
        )
    }

    @Test func `a suggestion ends the line`() {
        let diagnostic = Diagnostic(
            file: "a.yaml",
            place: SequenceFiles.SourceLocation(line: 3, column: 1),
            severity: .error,
            message: "unknown key 'stpes' in a sequence",
            suggestion: "steps"
        )
        #expect(
            diagnostic.description
                == "a.yaml:3:1: error: unknown key 'stpes' in a sequence; did you mean 'steps'?"
        )
    }
}
