import DripCore
import Foundation

@testable import SequenceFiles

/// What is said about a sequence file of this content, as it is printed.
func problems(_ content: String, file: String = "a.yaml") -> String {
    problems(Array(content.utf8), file: file)
}

func problems(_ bytes: [UInt8], file: String = "a.yaml") -> String {
    SequenceReader(bytes: bytes, path: file).report.diagnostics.map(\.description).joined(separator: "\n")
}

/// What is said about files that are held against each other, as it is printed. A file is named after its sequence, which
/// stands in its first line.
func problemsTogether(_ contents: String...) -> String {
    folder(contents).diagnostics.map(\.description).joined(separator: "\n")
}

func folder(
    _ contents: [String],
    zone: String = "Asia/Ho_Chi_Minh",
    settings: CatalogSettings = .standard
) -> SequenceFolder {
    let files = contents.map { content in
        let id = String(content.dropFirst("sequence: ".count).prefix { !$0.isWhitespace })
        return (path: id + ".yaml", bytes: Array(content.utf8), media: [String: String]())
    }
    let zone = TimeZone(identifier: zone)!  // known to every system
    return SequenceFolder.read(files, defaultZone: zone, settings: settings)
}

/// What is said about a configuration of this content, as it is printed.
func configurationProblems(_ content: String) -> String {
    var reader = ConfigurationReader(path: "dripd.yaml", environment: [:])
    _ = reader.read(Array(content.utf8))
    return reader.report.diagnostics.map(\.description).joined(separator: "\n")
}
