package import DripCore
package import Foundation

/// Loads sequence files into a catalog, or reports every error in them.
package struct SequenceFolder: Sendable {
    static let mostFiles = 1000

    /// nil if any file has an error: sequences take effect together or not at all.
    package let catalog: Catalog?
    /// The diagnostics of all files, sorted, including warnings and notes.
    package let diagnostics: [Diagnostic]
    /// The files in the order in which they were read.
    package let files: [SequenceFile]
    /// The reachability of the steps of each sequence without errors.
    package let reach: [String: [Reachability]]

    /// Reads files, and the `*.yaml` and `*.yml` files of folders in upper or lower case. Skips hidden files, and subfolders with
    /// a warning.
    /// - Parameter settings: the configuration's settings, which affect the checks and the catalog.
    package static func load(
        paths: [String],
        defaultZone: TimeZone,
        settings: CatalogSettings = .standard
    ) -> SequenceFolder {
        var loader = SequenceLoader()
        for path in paths { loader.add(path) }
        loader.readAll()
        return SequenceFolder(loader: loader, zone: defaultZone, settings: settings)
    }

    /// Reads files whose content comes from elsewhere. Does not access the disk.
    /// - Parameter files: the files; `media` has the hashes of the media files beside each, by path.
    package static func read(
        _ files: [(path: String, bytes: [UInt8], media: [String: String])],
        defaultZone: TimeZone,
        settings: CatalogSettings = .standard
    ) -> SequenceFolder {
        var loader = SequenceLoader()
        loader.readAll(files)
        return SequenceFolder(loader: loader, zone: defaultZone, settings: settings)
    }

    /// Returns a stored version of a sequence; nil if this release cannot read it. Warnings are dropped. The media files are those
    /// on disk today.
    package static func sequence(of bytes: [UInt8], path: String) -> DripSequence? {
        let folder = MediaFolder.kept(SequenceLoader.folder(of: path))
        return SequenceReader(bytes: bytes, path: path, mediaFolder: folder).sequence
    }

    private init(loader: SequenceLoader, zone: TimeZone, settings: CatalogSettings) {
        var loader = loader
        loader.checkReferences()
        reach = loader.checkReach(defaultZone: zone, settings: settings)
        files = loader.files
        diagnostics = loader.diagnostics
        let hasErrors = diagnostics.contains { $0.severity == .error }
        catalog = hasErrors ? nil : Catalog(zone: zone, sequences: files.compactMap(\.sequence)).with(settings)
    }
}

/// A sequence file that was read, or could not be.
package struct SequenceFile: Hashable, Sendable {
    /// The path as given, or as found in a given folder.
    package let path: String
    /// The content; empty if the file could not be read.
    package let bytes: [UInt8]
    /// nil if the file has errors.
    package let sequence: DripSequence?

    /// The hashes of the media files that its steps send, by path.
    package var media: [String: String] {
        let files = sequence?.steps.flatMap(\.files).map(\.file) ?? []
        return Dictionary(files.map { ($0.path, $0.hash ?? "") }, uniquingKeysWith: { first, _ in first })
    }
}

/// A reference to another sequence.
struct SequenceReference {
    let sequence: String
    let place: SourceLocation
}
