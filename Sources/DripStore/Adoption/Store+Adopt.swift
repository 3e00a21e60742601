package import ControlAPI
package import DripCore
import GRDB

extension Store {
    /// Creates an account for each page that has none.
    /// - Returns: the accounts' ids, in the order of `pages`.
    package func accounts(channel: String, pages: [String]) async throws -> [AccountID] {
        try await write { db in
            try pages.map { page in
                try db.run(
                    "INSERT INTO account (channel, page) VALUES (?, ?) ON CONFLICT (channel, page) DO NOTHING",
                    [channel, page]
                )
                let row = try db.row("SELECT id FROM account WHERE channel = ? AND page = ?", [channel, page])
                return row?["id"] ?? AccountID(rawValue: 0)
            }
        }
    }

    /// Puts a set of files in force, and applies it to all people under way: enrollments in a changed sequence follow
    /// it from where they are, or finish the version that they started with.
    /// - Parameters:
    ///   - versions: the files from which the catalog was read, to be stored.
    ///   - plan: the plan that the caller has approved, as `Catalog.planHash` names it; nil to accept any.
    /// - Throws: `AdoptionError` if the plan has changed; `StoreError`.
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

    /// Puts a set of files in force for everyone at once. The slices of the returned edit then apply it to the jobs of
    /// the people under way. A job that becomes due earlier gets the edit first.
    ///
    /// An earlier edit must be complete. With `on_edit: pin`, enrollments that it had not reached would be pinned to
    /// this one.
    /// - Throws: as `adopt`.
    package func beginEdit(
        _ catalog: Catalog,
        versions: [SequenceVersion],
        plan: String?,
        now: Instant
    ) async throws -> Edit {
        let before = self.catalog
        // Before the transaction: with millions of enrollments this takes longer than other writes should wait.
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

    /// Returns the edit that an earlier process did not complete, with its progress; nil if there is none. Put the same
    /// files in force again before continuing with its slices.
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
            "the plan is now \(current), not \(wanted): the files or the sequences in force have changed since; "
                + "run `dripd plan` again"
        }
    }
}

extension AdoptionReport {
    /// The sequences that changed, for the audit record.
    var words: String {
        let changes = [("added", added), ("changed", changed), ("removed", removed)].filter { !$0.1.isEmpty }
            .map { "\($0.0) \($0.1.joined(separator: " "))" }
        return changes.isEmpty ? "nothing changed" : changes.joined(separator: "; ")
    }

    /// Copies the counts and the progress.
    mutating func add(_ progress: AdoptionReport) {
        (moved, finished, reopened, held) = (progress.moved, progress.finished, progress.reopened, progress.held)
        (isComplete, share) = (progress.isComplete, progress.share)
    }
}
