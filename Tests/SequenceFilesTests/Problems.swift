@testable import SequenceFiles

/// What is said about a sequence file of this content, as it is printed.
func problems(_ content: String, file: String = "a.yaml") -> String {
    problems(Array(content.utf8), file: file)
}

func problems(_ bytes: [UInt8], file: String = "a.yaml") -> String {
    SequenceReader(bytes: bytes, path: file).report.diagnostics.map(\.description).joined(separator: "\n")
}

/// What is said about a configuration of this content, as it is printed.
func configurationProblems(_ content: String) -> String {
    var reader = ConfigurationReader(path: "dripd.yaml", environment: [:])
    _ = reader.read(Array(content.utf8))
    return reader.report.diagnostics.map(\.description).joined(separator: "\n")
}
