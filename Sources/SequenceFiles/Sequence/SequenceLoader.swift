import DripCore
import Foundation

/// Finds files, reads each, and holds them against each other.
struct SequenceLoader {
    /// A file that was read, or could not be: then there is no reader.
    private struct Entry {
        let path: String
        let bytes: [UInt8]
        var reader: SequenceReader?
    }

    private var entries: [Entry] = []
    /// What belongs to no file that was read.
    private var refusals: [Diagnostic] = []
    /// Folders in a folder that was named, with files that nobody reads.
    private var warnings: [Diagnostic] = []
    private var paths: [String] = []
    /// Where symlinks lead: a file that is named twice is read once.
    private var resolved: Set<String> = []
    /// Sequence → the file that it is in.
    private var owners: [String: String] = [:]
    /// Names of sequence files that lie beside those that were read.
    private var siblings: Set<String> = []

    var files: [SequenceFile] {
        entries.map { SequenceFile(path: $0.path, bytes: $0.bytes, sequence: $0.reader?.sequence) }
    }

    /// Of all files, sorted.
    var diagnostics: [Diagnostic] {
        (refusals + warnings + entries.flatMap { $0.reader?.report.diagnostics ?? [] }).sorted()
    }

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
            return refuse(path, "the folder cannot be read: \(ErrorText.words(error))")
        }
        let base = path.hasSuffix("/") ? path : path + "/"
        let wanted = names.filter(Self.isSequenceFile).sorted()
        for name in names.sorted() where !name.hasPrefix(".") && Self.holdsSequenceFiles(base + name) {
            warnings.append(
                Diagnostic(
                    file: base + name,
                    place: nil,
                    severity: .warning,
                    message: "the sequence files in this folder are not read: move them up, or name the folder, too"
                )
            )
        }
        guard !wanted.isEmpty else { return refuse(path, "no sequence files (*.yaml) in this folder") }
        for name in wanted {
            addFile(base + name)
        }
    }

    private mutating func addFile(_ path: String) {
        if resolved.insert(URL(filePath: path).resolvingSymlinksInPath().path).inserted { paths.append(path) }
    }

    mutating func readAll() {
        guard isFew(paths) else { return }
        for path in paths {
            do {
                let file = try BoundedFile(path: path, limit: SourceText.longestBytes)
                read(path, file.bytes, mediaFolder: .disk(Self.folder(of: path)))
            } catch {
                entries.append(Entry(path: path, bytes: [], reader: nil))
                refuse(path, error.reason)
            }
        }
        for folder in Set(paths.map(Self.folder)) {
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)
            siblings.formUnion((names ?? []).filter(Self.isSequenceFile).map(Self.stem))
        }
    }

    mutating func readAll(_ files: [(path: String, bytes: [UInt8], media: [String: String])]) {
        guard isFew(files.map(\.path)) else { return }
        for file in files { read(file.path, file.bytes, mediaFolder: .told(file.media)) }
    }

    private mutating func isFew(_ paths: [String]) -> Bool {
        let most = SequenceFolder.mostFiles
        guard paths.count > most else { return true }
        refuse(paths[most], "\(paths.count) sequence files: at most \(most) are read")
        return false
    }

    private mutating func read(_ path: String, _ bytes: [UInt8], mediaFolder: MediaFolder) {
        var reader = SequenceReader(bytes: bytes, path: path, mediaFolder: mediaFolder)
        if let (id, place) = reader.identity {
            if let owner = owners[id] {
                reader.refuse("sequence '\(id)' is already in \(owner)", at: place)
            } else {
                owners[id] = path
            }
        }
        entries.append(Entry(path: path, bytes: bytes, reader: reader))
    }

    /// Sequences that start or stop others have to know them by their right names. A file that is there counts, though
    /// it be broken or not among those to be read.
    mutating func checkReferences() {
        let known = siblings.union(owners.keys)
        for index in entries.indices {
            for reference in entries[index].reader?.report.references ?? [] where !known.contains(reference.sequence) {
                entries[index].reader?.refuse(
                    "there is no sequence '\(reference.sequence)'",
                    at: reference.place,
                    suggestion: Spelling.nearest(to: reference.sequence, of: known.sorted())
                )
            }
        }
    }

    /// Adds to each file what is to be said of whom its steps reach.
    mutating func checkReach(defaultZone: TimeZone, settings: CatalogSettings) -> [String: [Reach]] {
        let taps = Set(entries.compactMap { $0.reader?.sequence }.flatMap(\.taps))
        var found: [String: [Reach]] = [:]
        for index in entries.indices {
            guard let reader = entries[index].reader, let sequence = reader.sequence else { continue }
            let survey = ReachSurvey(of: sequence, taps: taps, defaultZone: defaultZone)
            let held = HeldSteps(of: sequence, defaultZone: defaultZone, settings: settings)
            let reach = sequence.steps.map { held.correct(survey.reach(of: $0)) }
            found[sequence.id] = reach
            for finding in ReachFindings(sequence, reach, reader.steps, held).all {
                entries[index].reader?.add(finding.severity, finding.message, at: finding.place)
            }
        }
        return found
    }

    private mutating func refuse(_ path: String, _ reason: String) {
        refusals.append(Diagnostic(file: path, place: nil, severity: .error, message: reason))
    }

    private static func isSequenceFile(_ name: String) -> Bool {
        let lower = name.lowercased()
        return !name.hasPrefix(".") && (lower.hasSuffix(".yaml") || lower.hasSuffix(".yml"))
    }

    /// False for what is no folder.
    private static func holdsSequenceFiles(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
            && (try? FileManager.default.contentsOfDirectory(atPath: path).contains(where: isSequenceFile)) ?? false
    }

    private static func stem(_ name: String) -> String {
        String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)])
    }

    /// Empty: where the process stands.
    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ""
    }
}
