import Foundation
import SequenceFiles

/// The report for code scanning: the parts of SARIF 2.1.0 that it needs. Source: OASIS, "Static Analysis Results
/// Interchange Format (SARIF) Version 2.1.0".
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
        /// nil if the result is about the whole file.
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
        /// Our columns count characters. Of SARIF's two kinds of columns, this is the closer one.
        let columnKind = "unicodeCodePoints"
        let results: [Result]
    }

    private enum Key: String, CodingKey {
        case schema = "$schema"
        case version
        case runs
    }

    private static let rules = [
        Rule(id: "sequence", shortDescription: Text(text: "The sequence file is valid.")),
        Rule(id: "configuration", shortDescription: Text(text: "The configuration is valid.")),
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

    /// Returns the path as a URI; a relative path stays relative. All reserved characters but '/' are escaped, because a ':'
    /// would turn the first component into a scheme.
    private static func uri(_ path: String) -> String {
        var allowed = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: "\u{0}"..."\u{7f}"))
        allowed.insert(charactersIn: "-._~/")
        let escaped = path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
        return path.hasPrefix("/") ? "file://" + escaped : escaped
    }
}

/// Paths as a repository names them. Services that annotate lines of files expect paths from the repository's root, without
/// `./`.
struct RepositoryPath {
    /// The working directory of the process.
    private let folder: String
    private let isRoot: (String) -> Bool

    /// - Parameters:
    ///   - folder: the working directory of the process.
    ///   - isRoot: whether a folder is the root of a working copy.
    init(folder: String, isRoot: @escaping (String) -> Bool = Self.hasRepository) {
        self.folder = folder
        self.isRoot = isRoot
    }

    /// Returns the path from the root of the file's working copy, else from the working directory, else the absolute path.
    func path(of file: String) -> String {
        let path = Self.plain(file.hasPrefix("/") ? file : folder + "/" + file)
        for root in Self.ancestors(of: path) where isRoot(root) { return Self.path(path, below: root) ?? path }
        return Self.path(path, below: Self.plain(folder)) ?? path
    }

    private static func hasRepository(_ folder: String) -> Bool {
        FileManager.default.fileExists(atPath: folder + "/.git")
    }

    /// Returns the path without `.`, `..` and doubled slashes. Symbolic links stay, because git does not follow them either.
    private static func plain(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    private static func ancestors(of path: String) -> [String] {
        var parts = path.split(separator: "/").dropLast()
        var ancestors: [String] = []
        while !parts.isEmpty {
            ancestors.append("/" + parts.joined(separator: "/"))
            parts = parts.dropLast()
        }
        return ancestors
    }

    private static func path(_ path: String, below folder: String) -> String? {
        let start = folder == "/" ? "/" : folder + "/"
        return path.hasPrefix(start) ? String(path.dropFirst(start.count)) : nil
    }
}
