package import DripCore
import Foundation
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

    /// Puts a set of files in force: the people under way in a sequence that changed follow it from where they are.
    package func adopt(_ catalog: Catalog, now: Instant) async throws -> AdoptionReport {
        try await write { [self] db in
            db.afterNextTransaction { [self] _ in putInForce(catalog) }
            var report = AdoptionReport()
            let known = Dictionary(
                uniqueKeysWithValues: try db.rows("SELECT id, version FROM sequence", [])
                    .map { row -> (String, String) in (row["id"], row["version"]) }
            )
            report.added = catalog.sequences.keys.filter { known[$0] == nil }.sorted()
            report.removed = known.keys.filter { catalog[$0] == nil }.sorted()
            report.changed = catalog.sequences.values
                .filter { sequence in known[sequence.id].map { $0 != catalog.version(sequence) } ?? false }
                .map(\.id).sorted()
            for id in report.removed { try db.run("DELETE FROM sequence WHERE id = ?", [id]) }
            for sequence in catalog.sequences.values where known[sequence.id] != catalog.version(sequence) {
                try db.run(
                    """
                    INSERT INTO sequence (id, version, adopted_at) VALUES (?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET version = excluded.version, adopted_at = excluded.adopted_at
                    """,
                    [sequence.id, catalog.version(sequence), now]
                )
            }
            let ledger = Ledger(db: db, catalog: catalog, now: now)
            for id in report.added + report.changed + report.removed { try Self.follow(id, ledger, &report) }
            return report
        }
    }

    /// Looks again at the next step of everybody under way in a sequence, except where a message is on its way: that
    /// one's outcome looks again by itself.
    private static func follow(_ sequence: String, _ ledger: Ledger, _ report: inout AdoptionReport) throws {
        let rows = try ledger.db.rows(
            """
            SELECT \(Job.columns), \(Enrollment.columns), \(Person.columns) FROM \(Job.joined)
            WHERE enrollment.sequence = ? AND job.claimed_at IS NULL
            """,
            [sequence]
        )
        for row in rows {
            let job = try Job(row: row)
            // It has begun, and goes on by itself.
            if job.part > 0, ledger.catalog[sequence]?.step(job.step) != nil, job.waitingFor != .sequence { continue }
            let next = try ledger.next(job, behind: job.enrollment.position)
            if let next, next.step.id == job.step, next.due == job.scheduled { continue }
            try ledger.follow(job)
            switch (next, ledger.catalog[sequence]) {
            case (_?, _): report.moved += 1
            case (nil, nil): report.held += 1
            case (nil, _?): report.finished += 1
            }
        }
    }
}

extension Catalog {
    /// What a change of moves people: the file, and the configured zone where the file names none.
    fileprivate func version(_ sequence: DripSequence) -> String {
        "\(sequence.hash) \((sequence.zone ?? zone).identifier)"
    }
}
