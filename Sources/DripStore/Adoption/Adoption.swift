package import ControlAPI
package import DripCore
import Foundation
import GRDB
import Synchronization

/// Puts a set of files in force, in the caller's transaction. `EditSlice` then applies it to the people under way.
struct Adoption {
    let db: Database
    /// The catalog to put in force.
    let catalog: Catalog
    let now: Instant

    /// - Parameters:
    ///   - known: the versions in force, by sequence.
    ///   - underWay: the number of enrollments under way in each sequence, to report progress.
    func perform(
        known: [String: String],
        versions: [SequenceVersion],
        underWay: [String: Int]
    ) throws -> AdoptionReport {
        var report = AdoptionReport()
        report.added = catalog.sequences.keys.filter { known[$0] == nil }.sorted()
        report.removed = known.keys.filter { catalog[$0] == nil }.sorted()
        report.changed = catalog.sequences.values
            .filter { sequence in known[sequence.id].map { $0 != catalog.version(of: sequence) } ?? false }
            .map(\.id).sorted()
        let files = Dictionary(versions.map { ($0.sequence, $0) }, uniquingKeysWith: { first, _ in first })
        let last = try db.row("SELECT max(id) AS last FROM enrollment", [])
        for (change, ids) in [
            (AdoptionRecord.Change.added, report.added), (.changed, report.changed), (.removed, report.removed),
        ] {
            for id in ids {
                try keep(id, change, file: files[id])
                if let last: EnrollmentID = last?["last"] { try begin(id, last: last, total: underWay[id] ?? 0) }
            }
        }
        return report
    }

    private func keep(_ id: String, _ change: AdoptionRecord.Change, file: SequenceVersion?) throws {
        if let sequence = catalog[id] {
            try db.run(
                """
                INSERT INTO sequence (id, version, adopted_at) VALUES (?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET version = excluded.version, adopted_at = excluded.adopted_at
                """,
                [id, catalog.version(of: sequence), now]
            )
        } else {
            try db.run("DELETE FROM sequence WHERE id = ?", [id])
        }
        if let file {
            try db.run(
                "INSERT INTO version (hash, sequence, content) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING",
                [file.hash, id, Data(file.content)]
            )
        }
        try db.run(
            "INSERT INTO adoption (at, sequence, change, hash, file, git_commit) VALUES (?, ?, ?, ?, ?, ?)",
            [now, id, change.rawValue, catalog[id]?.hash, file?.file, file?.commit]
        )
    }

    /// Begins to apply the edit of a sequence. If an earlier edit is still being applied, all enrollments are examined
    /// again.
    private func begin(_ id: String, last: EnrollmentID, total: Int) throws {
        try db.run(
            """
            INSERT INTO edit (sequence, phase, applied, last, total) VALUES (?, ?, 0, ?, ?)
            ON CONFLICT (sequence) DO UPDATE SET phase = excluded.phase, applied = excluded.applied,
                last = excluded.last, finished_position = NULL, finished_enrollment = NULL, total = excluded.total,
                examined = 0
            """,
            [id, EditSlice.Phase.underWay.rawValue, last, total]
        )
    }
}

/// An edit of the files that is in force, while it is being applied to the people under way.
package final class Edit: Sendable {
    private struct State {
        var report: AdoptionReport
        var enrollments = EnrollmentReading()
    }

    private let store: Store
    private let before: Catalog?
    private let state: Mutex<State>

    init(store: Store, before: Catalog?, report: AdoptionReport) {
        self.store = store
        self.before = before
        state = Mutex(State(report: report))
    }

    /// The work done so far.
    package var report: AdoptionReport { state.withLock(\.report) }

    /// Examines up to `limit` enrollments, in one transaction, and applies the edit to them.
    /// - Returns: the work done so far.
    /// - Throws: `StoreError`. Then nothing of this slice was done, and the next slice begins at the same place.
    package func slice(limit: Int, now: Instant) async throws -> AdoptionReport {
        try await store.write(as: "edit") { [self] db in
            // The sums are written once per slice.
            let sums = TallyChanges()
            let ledger = Ledger(db: db, catalog: store.catalog, now: now, sums: sums)
            let slice = EditSlice(db: db, ledger: ledger, before: before)
            let progress = try state.withLock { try slice.perform(limit: limit, &$0.enrollments) }
            try sums.write(to: db)
            let cursors = try EditSlice.cursors(db)
            db.afterNextTransaction { [self] _ in
                store.setEditCursors(cursors)
                state.withLock { $0.report.add(progress) }
            }
        }
        return report
    }
}

/// A file as it came into force.
package struct SequenceVersion: Hashable, Sendable {
    package let sequence: String
    /// SHA-256 of the file's bytes, in lower-case hex.
    package let hash: String
    /// The path from which the daemon read it.
    package let file: String
    package let content: [UInt8]
    /// The git commit of the working copy that contained the file, if any.
    package let commit: String?

    package init(sequence: String, hash: String, file: String, content: [UInt8], commit: String?) {
        self.sequence = sequence
        self.hash = hash
        self.file = file
        self.content = content
        self.commit = commit
    }
}
