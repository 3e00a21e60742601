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
    /// Whether the edit has been applied to everybody under way. Until then the counts grow.
    package var isComplete = true
    /// How much of that is done, from 0 to 1.
    package var share = 1.0

    /// Which sequences changed.
    fileprivate var words: String {
        let changes = [("added", added), ("changed", changed), ("removed", removed)].filter { !$0.1.isEmpty }
            .map { "\($0.0) \($0.1.joined(separator: " "))" }
        return changes.isEmpty ? "nothing changed" : changes.joined(separator: "; ")
    }

    /// Takes over what was counted, and how far it came.
    mutating func add(_ progress: AdoptionReport) {
        (moved, finished, reopened, held) = (progress.moved, progress.finished, progress.reopened, progress.held)
        (isComplete, share) = (progress.isComplete, progress.share)
    }
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

    /// Puts a set of files in force, and brings everybody under way into line with it: those in a sequence that changed follow
    /// it from where they are, or finish the version that they began with.
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
        let edit = try await beginEdit(catalog, versions: versions, plan: plan, now: now)
        var report = edit.report
        while !report.isComplete { report = try await edit.slice(limit: 1000, now: now) }
        return report
    }

    /// Puts a set of files in force, for everybody at once. The jobs of the people under way are brought into line by the
    /// slices of the edit that is returned; until then each is when it comes due.
    ///
    /// An earlier edit has to be complete: with `on_edit: pin`, those whom it did not reach would be pinned to this one.
    /// - Throws: as `adopt`.
    package func beginEdit(
        _ catalog: Catalog,
        versions: [SequenceVersion],
        plan: String?,
        now: Instant
    ) async throws -> Edit {
        let before = self.catalog
        // Ahead of the transaction: with millions it takes longer than anybody should wait for the writer.
        let underWay = try await read { db in
            let rows = try db.rows(
                "SELECT sequence, count(*) AS number FROM enrollment WHERE ended_at IS NULL GROUP BY sequence",
                []
            )
            return Dictionary(
                uniqueKeysWithValues: rows.map { row -> (String, Int) in (row["sequence"], row["number"]) }
            )
        }
        let report = try await write { [self] db in
            let known = Dictionary(
                uniqueKeysWithValues: try db.rows("SELECT id, version FROM sequence", [])
                    .map { row -> (String, String) in (row["id"], row["version"]) }
            )
            if let plan {
                let current = catalog.planHash(from: known)
                guard current == plan else { throw AdoptionError.anotherPlan(wanted: plan, current: current) }
            }
            var report = try Adoption(db: db, catalog: catalog, now: now).perform(
                known: known,
                versions: versions,
                underWay: underWay
            )
            AuditedRequest.current?.changes(to: report.words)
            report.add(try EditSlice.report(db))
            let cursors = try EditSlice.cursors(db)
            db.afterNextTransaction { [self] _ in
                putInForce(catalog)
                setEditCursors(cursors)
            }
            return report
        }
        return Edit(store: self, before: before, report: report)
    }

    /// The edit that a process before this one did not complete, as far as it came; nil where none is under way. The files
    /// that it put in force are to be in force again before its slices go on.
    package func pendingEdit() async throws -> Edit? {
        let report = try await read { try EditSlice.report($0) }
        return report.isComplete ? nil : Edit(store: self, before: nil, report: report)
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
