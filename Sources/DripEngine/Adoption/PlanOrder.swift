package import DripCore
package import DripStore
package import Foundation
import SequenceFiles

/// Files to be planned, as they stand where somebody asks.
package struct PlanOrder: Codable, Sendable {
    package struct File: Codable, Sendable {
        package let path: String
        package let content: String
        /// The hashes of the files beside it that its steps send, by path.
        package let media: [String: String]

        package init(path: String, content: String, media: [String: String] = [:]) {
            self.path = path
            self.content = content
            self.media = media
        }
    }

    package let files: [File]
    /// Whether these are all the files that are to be; else the sequences in force that they do not name stay.
    package let isWhole: Bool
    /// How many people to list at most.
    package let people: Int

    package init(files: [File], isWhole: Bool, people: Int) {
        self.files = files
        self.isWhole = isWhole
        self.people = people
    }
}

/// Why no plan could be made: something is wrong with the files.
package struct PlanRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let problems: [String]

    package var description: String { problems.joined(separator: "\n") }
}

extension PlanOrder {
    /// The catalog that would be in force.
    /// - Throws: `PlanRefusal`.
    func catalog(inForce: Catalog) throws -> Catalog {
        let folder = SequenceFolder.read(
            files.map { ($0.path, Array($0.content.utf8), $0.media) },
            defaultZone: inForce.zone
        )
        guard let catalog = folder.catalog else {
            throw PlanRefusal(problems: folder.diagnostics.filter { $0.severity == .error }.map(\.description))
        }
        guard !isWhole else { return catalog }
        let others = inForce.sequences.values.filter { catalog[$0.id] == nil }
        return Catalog(zone: catalog.zone, sequences: Array(catalog.sequences.values) + others)
    }
}

extension StateCopy {
    /// What adopting these files would do to this state.
    /// - Parameter zone: the configured zone.
    /// - Throws: `PlanRefusal`, `VersionError`, `StoreError`.
    package func plan(_ order: PlanOrder, zone: TimeZone, now: Instant) throws -> PlanReport {
        let before = try Catalog(try versionsInForce(), zone: zone)
        let pinned = try pinnedVersions().compactMap { SequenceFolder.sequence(of: $0.content, path: $0.file) }
        let known = Array(before.sequences.values) + pinned
        return try plan(
            from: before.pinning(pinned),
            to: try order.catalog(inForce: before).pinning(known),
            people: order.people,
            now: now
        )
    }
}
