package import ControlAPI
package import DripCore
package import DripStore
package import Foundation
import SequenceFiles

/// The reasons why no plan could be made.
package struct PlanRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let problems: [String]

    package var description: String { problems.joined(separator: "\n") }
}

extension PlanRequest {
    /// Returns the catalog that would be in force.
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
    /// Returns what adopting these files would do to this state.
    /// - Parameters:
    ///   - zone: the configured zone.
    ///   - settings: those of the configuration. Its channels decide how people would get a step.
    /// - Throws: `PlanRefusal`, `VersionError`, `StoreError`.
    package func plan(
        _ order: PlanRequest,
        zone: TimeZone,
        settings: CatalogSettings = .standard,
        now: Instant
    ) throws -> PlanReport {
        let before = try Catalog(try versionsInForce(), zone: zone).with(settings)
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
