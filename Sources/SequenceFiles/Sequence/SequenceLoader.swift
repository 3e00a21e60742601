import Channels
import DripCore
import Foundation

/// Finds sequence files, reads each, and checks them against each other.
struct SequenceLoader {
    /// A file; the reader is nil if the file could not be read.
    private struct Entry {
        let path: String
        let bytes: [UInt8]
        var reader: SequenceReader?
    }

    private var entries: [Entry] = []
    /// The errors that belong to no file that was read.
    private var refusals: [Diagnostic] = []
    /// The warnings about subfolders whose sequence files are not read.
    private var warnings: [Diagnostic] = []
    private var paths: [String] = []
    /// The paths with symlinks resolved: a file that is named twice is read once.
    private var resolved: Set<String> = []
    /// Sequence → its file.
    private var owners: [String: String] = [:]
    /// The names of all sequence files in the folders of the files that were read.
    private var siblings: Set<String> = []

    var files: [SequenceFile] {
        entries.map { SequenceFile(path: $0.path, bytes: $0.bytes, sequence: $0.reader?.sequence) }
    }

    /// The diagnostics of all files, sorted.
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
            return refuse(path, "the folder cannot be read: \(ErrorDescription.words(error))")
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

    /// Reports references to sequences that do not exist. A file that exists counts, even if it has errors or was not to be
    /// read.
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

    /// Determines the reachability of every step, and adds the findings to the files.
    mutating func checkReach(defaultZone: TimeZone, settings: CatalogSettings) -> [String: [Reachability]] {
        let taps = Set(entries.compactMap { $0.reader?.sequence }.flatMap(\.taps))
        var found: [String: [Reachability]] = [:]
        for index in entries.indices {
            guard let reader = entries[index].reader, let sequence = reader.sequence else { continue }
            let survey = ReachabilitySurvey(of: sequence, taps: taps, defaultZone: defaultZone)
            let held = HeldSteps(of: sequence, defaultZone: defaultZone, settings: settings)
            let reach = sequence.steps.map { held.correct(survey.reach(of: $0)) }
            found[sequence.id] = reach
            noteMissingAccounts(index, sequence, reader.steps, settings)
            for finding in ReachabilityFindings(sequence, reach, reader.steps, held).all {
                entries[index].reader?.add(finding.severity, finding.message, at: finding.place)
            }
        }
        return found
    }

    /// Notes content for a channel that the configuration has no account for.
    private mutating func noteMissingAccounts(
        _ index: Int,
        _ sequence: DripSequence,
        _ steps: [PlacedStep],
        _ settings: CatalogSettings
    ) {
        guard !settings.channels.isEmpty else { return }
        let configured = Set(settings.channels.map(\.rules.name))
        for rules in ChannelRegistry.all where !configured.contains(rules.name) {
            guard let first = steps.first(where: { $0.step.channels[rules.name] != nil }) else { continue }
            entries[index].reader?.add(
                .note,
                "nothing is sent by \(rules.noun): dripd.yaml has no '\(rules.name.rawValue)' account",
                at: first.place(of: rules.name.rawValue)
            )
        }
    }

    private mutating func refuse(_ path: String, _ reason: String) {
        refusals.append(Diagnostic(file: path, place: nil, severity: .error, message: reason))
    }

    private static func isSequenceFile(_ name: String) -> Bool {
        let lower = name.lowercased()
        return !name.hasPrefix(".") && (lower.hasSuffix(".yaml") || lower.hasSuffix(".yml"))
    }

    /// Returns whether the path is a folder that contains sequence files.
    private static func holdsSequenceFiles(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
            && (try? FileManager.default.contentsOfDirectory(atPath: path).contains(where: isSequenceFile)) ?? false
    }

    private static func stem(_ name: String) -> String {
        String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)])
    }

    /// Returns the folder of a path; empty for the working directory.
    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ""
    }
}
