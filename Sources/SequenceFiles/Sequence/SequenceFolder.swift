package import DripCore
package import Foundation

/// Sequence files on disk → a catalog, or all that is wrong with all of them.
package struct SequenceFolder: Sendable {
    static let mostFiles = 1000

    /// nil when any file has an error: sequences come into force together or not at all.
    package let catalog: Catalog?
    /// Of all files, sorted; warnings and notes too.
    package let diagnostics: [Diagnostic]
    /// In the order in which they were read.
    package let files: [SequenceFile]

    /// Reads files, and folders' `*.yaml` and `*.yml` files (not those in folders below, and no hidden ones).
    package static func load(paths: [String], defaultZone: TimeZone) -> SequenceFolder {
        var loader = Loader()
        for path in paths { loader.add(path) }
        loader.readAll()
        return SequenceFolder(loader: loader, zone: defaultZone)
    }

    private init(loader: Loader, zone: TimeZone) {
        files = loader.files
        diagnostics = loader.diagnostics.sorted()
        let hasErrors = diagnostics.contains { $0.severity == .error }
        catalog = hasErrors ? nil : Catalog(zone: zone, sequences: files.compactMap(\.sequence))
    }
}

private struct Loader {
    private(set) var files: [SequenceFile] = []
    private(set) var diagnostics: [Diagnostic] = []
    private var paths: [String] = []
    /// Where symlinks lead: a file that is named twice is read once.
    private var resolved: Set<String> = []
    private var owners: [String: String] = [:]

    mutating func add(_ path: String) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return refuse(path, BoundedFile.Failure.missing.reason)
        }
        guard isFolder.boolValue else { return addFile(path) }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            return refuse(path, "the folder cannot be read: \(error.localizedDescription)")
        }
        let wanted = names.filter(Self.isSequenceFile).sorted()
        guard !wanted.isEmpty else { return refuse(path, "no sequence files (*.yaml) in this folder") }
        for name in wanted {
            addFile(path.hasSuffix("/") ? path + name : path + "/" + name)
        }
    }

    mutating func readAll() {
        guard paths.count <= SequenceFolder.mostFiles else {
            return refuse(
                paths[SequenceFolder.mostFiles],
                "\(paths.count) sequence files: at most \(SequenceFolder.mostFiles) are read"
            )
        }
        for path in paths { read(path) }
    }

    private mutating func addFile(_ path: String) {
        if resolved.insert(URL(filePath: path).resolvingSymlinksInPath().path).inserted { paths.append(path) }
    }

    private mutating func read(_ path: String) {
        let file: BoundedFile
        do {
            file = try BoundedFile(path: path, limit: SourceText.longestBytes)
        } catch {
            files.append(SequenceFile(path: path, sequence: nil))
            return refuse(path, error.reason)
        }
        var reader = SequenceReader(bytes: file.bytes, path: path)
        if let (id, place) = reader.identity {
            if let owner = owners[id] {
                reader.refuse("sequence '\(id)' is already in \(owner)", at: place)
            } else {
                owners[id] = path
            }
        }
        diagnostics += reader.report.diagnostics
        files.append(SequenceFile(path: path, sequence: reader.sequence))
    }

    private mutating func refuse(_ path: String, _ reason: String) {
        diagnostics.append(Diagnostic(file: path, place: nil, severity: .error, message: reason))
    }

    private static func isSequenceFile(_ name: String) -> Bool {
        !name.hasPrefix(".") && (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
    }
}
