package import DripCore
import GRDB

/// What adopting a set of files did to the people under way.
package struct AdoptionReport: Codable, Hashable, Sendable {
    package var added: [String] = []
    package var changed: [String] = []
    package var removed: [String] = []
    /// Enrollments whose next step or due time is another now.
    package var moved = 0
    /// Enrollments that are over, since nothing follows for them any more.
    package var finished = 0
    /// Enrollments that were over and get a step that was appended.
    package var reopened = 0
    /// Enrollments that wait because their sequence is in no file any more.
    package var held = 0
}

extension Store {
    /// Makes sure that each page has a lane.
    /// - Returns: the lanes' ids, in the order of `pages`.
    package func lanes(channel: String, pages: [String]) async throws -> [LaneID] {
        try await write { db in
            try pages.map { page in
                try db.run(
                    "INSERT INTO lane (channel, page) VALUES (?, ?) ON CONFLICT (channel, page) DO NOTHING",
                    [channel, page]
                )
                let row = try db.row("SELECT id FROM lane WHERE channel = ? AND page = ?", [channel, page])
                return row?["id"] ?? LaneID(rawValue: 0)
            }
        }
    }

    /// Puts a set of files in force: the people under way in a sequence that changed follow it from where they are, or
    /// finish the version that they began with.
    /// - Parameters:
    ///   - versions: the files that the catalog was read from, to be kept.
    ///   - plan: what the caller wants to happen and nothing else, as `Catalog.planHash` names it; nil: whatever happens.
    /// - Throws: `AdoptionError` when the plan is another one by now; `StoreError`.
    package func adopt(
        _ catalog: Catalog,
        versions: [SequenceVersion],
        plan: String?,
        now: Instant
    ) async throws -> AdoptionReport {
        try await write { [self] db in
            let known = Dictionary(
                uniqueKeysWithValues: try db.rows("SELECT id, version FROM sequence", [])
                    .map { row -> (String, String) in (row["id"], row["version"]) }
            )
            if let plan {
                let current = catalog.planHash(from: known)
                guard current == plan else { throw AdoptionError.anotherPlan(wanted: plan, current: current) }
            }
            db.afterNextTransaction { [self] _ in putInForce(catalog) }
            let ledger = Ledger(db: db, catalog: catalog, now: now)
            var adoption = Adoption(db: db, ledger: ledger, before: self.catalog)
            try adoption.perform(known: known, versions: versions)
            return adoption.report
        }
    }
}

/// Why a set of files was not put in force.
package enum AdoptionError: Error, Hashable, Sendable, CustomStringConvertible {
    case anotherPlan(wanted: String, current: String)

    package var description: String {
        switch self {
        case .anotherPlan(let wanted, let current):
            "the plan is \(current) by now, not \(wanted): the files, or what is in force, have changed since; "
                + "look at `dripd plan` again"
        }
    }
}
