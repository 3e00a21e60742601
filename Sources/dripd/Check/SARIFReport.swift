import Foundation
import SequenceFiles

/// For code scanning: SARIF 2.1.0, as little of it as is needed. Source: OASIS, "Static Analysis Results Interchange
/// Format (SARIF) Version 2.1.0".
struct SARIFReport: Encodable {
    struct Text: Encodable { let text: String }
    struct Rule: Encodable {
        let id: String
        let shortDescription: Text
    }
    struct Driver: Encodable {
        let name = "dripd"
        let version = Version.text
        let rules: [Rule]
    }
    struct Tool: Encodable { let driver: Driver }
    struct Region: Encodable {
        let startLine: Int
        let startColumn: Int
    }
    struct Artifact: Encodable { let uri: String }
    struct PhysicalLocation: Encodable {
        let artifactLocation: Artifact
        /// Left out where the file as a whole is meant.
        let region: Region?
    }
    struct Location: Encodable { let physicalLocation: PhysicalLocation }
    struct Result: Encodable {
        let ruleId: String
        let level: String
        let message: Text
        let locations: [Location]
    }
    struct Run: Encodable {
        let tool: Tool
        /// Columns count characters; this is the nearest of the two that there are.
        let columnKind = "unicodeCodePoints"
        let results: [Result]
    }

    private enum Key: String, CodingKey {
        case schema = "$schema"
        case version
        case runs
    }

    private static let rules = [
        Rule(id: "sequence", shortDescription: Text(text: "A sequence file says what it means to, and can be used.")),
        Rule(id: "configuration", shortDescription: Text(text: "The configuration can be used.")),
    ]

    private let run: Run

    init(_ result: CheckResult, paths: RepositoryPath) {
        let results =
            result.configuration.map { Self.result($0, rule: "configuration", paths) }
            + result.folder.diagnostics.map { Self.result($0, rule: "sequence", paths) }
        run = Run(tool: Tool(driver: Driver(rules: Self.rules)), results: results)
    }

    func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: Key.self)
        try keys.encode("https://json.schemastore.org/sarif-2.1.0.json", forKey: .schema)
        try keys.encode("2.1.0", forKey: .version)
        try keys.encode([run], forKey: .runs)
    }

    private static func result(_ diagnostic: Diagnostic, rule: String, _ paths: RepositoryPath) -> Result {
        let location = PhysicalLocation(
            artifactLocation: Artifact(uri: uri(paths.path(of: diagnostic.file))),
            region: diagnostic.place.map { Region(startLine: $0.line, startColumn: $0.column) }
        )
        return Result(
            ruleId: rule,
            level: diagnostic.severity.rawValue,
            message: Text(text: diagnostic.text),
            locations: [Location(physicalLocation: location)]
        )
    }

    /// Relative, and with '/' alone as it is: a ':' would make the first part a scheme.
    private static func uri(_ path: String) -> String {
        var allowed = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: "\u{0}"..."\u{7f}"))
        allowed.insert(charactersIn: "-._~/")
        let escaped = path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
        return path.hasPrefix("/") ? "file://" + escaped : escaped
    }
}
