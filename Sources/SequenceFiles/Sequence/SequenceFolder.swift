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
    /// For each sequence without errors, whom its steps reach.
    package let reach: [String: [Reach]]

    /// Reads files, and folders' `*.yaml` and `*.yml` files, in capitals too (no hidden ones, and not those in folders below,
    /// which a warning names).
    /// - Parameter settings: the configuration's, by which steps are sent and checked.
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

    /// Reads files that were read from the disk elsewhere: nothing is looked up beside them.
    /// - Parameter files: `media` has the hashes of the files beside each, by path.
    package static func read(
        _ files: [(path: String, bytes: [UInt8], media: [String: String])],
        defaultZone: TimeZone,
        settings: CatalogSettings = .standard
    ) -> SequenceFolder {
        var loader = SequenceLoader()
        loader.readAll(files)
        return SequenceFolder(loader: loader, zone: defaultZone, settings: settings)
    }

    /// One version as it was kept; nil if it is not understood (any more). What can be said of it besides does not count,
    /// and the files beside it are those that lie there today.
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
