import DripCore
import Foundation
import GRDB

/// Puts a set of files in force, in the caller's transaction. The people under way follow afterwards (`EditSlice`).
struct Adoption {
    let db: Database
    /// What is to be in force.
    let catalog: Catalog
    let now: Instant

    /// - Parameters:
    ///   - known: the versions in force, by sequence.
    ///   - underWay: how many are under way in each sequence, to tell how far the edit has come.
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

    /// A sequence whose earlier edit is still being applied begins again: its people are examined anew.
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
