package import DripCore
package import Foundation
import GRDB

/// What whoever watches the daemon is told of the state.
package struct StoreMetrics: Hashable, Sendable {
    package var sums: StoreStatus
    /// Steps that are over, by state and why. Where no reason was kept (an operator's word, or a dripd before this one),
    /// it is `unknown`.
    package var skipped: [String: Int]
    package var failed: [String: Int]
    /// Per lane, when the first job is due that could be claimed; none where nothing waits.
    package var earliestDue: [LaneID: Instant]
    package var databaseBytes: Int
    package var walBytes: Int
    /// When what the log held was last written into the database file.
    package var checkpointAt: Date?
    /// How long writes held the writer, by their kind.
    package var holds: [WriterHold]

    package init(
        sums: StoreStatus,
        skipped: [String: Int],
        failed: [String: Int],
        earliestDue: [LaneID: Instant],
        databaseBytes: Int,
        walBytes: Int,
        checkpointAt: Date?,
        holds: [WriterHold] = []
    ) {
        self.sums = sums
        self.skipped = skipped
        self.failed = failed
        self.earliestDue = earliestDue
        self.databaseBytes = databaseBytes
        self.walBytes = walBytes
        self.checkpointAt = checkpointAt
        self.holds = holds
    }
}

extension Store {
    package func metrics() async throws -> StoreMetrics {
        let sums = try await status()
        let (reasons, earliestDue) = try await read { db in
            let reasons = try db.rows("SELECT name, value FROM tally WHERE name LIKE '%/%' AND value > 0", [])
                .map { row -> (String, Int) in (row["name"], row["value"]) }
            let due = try db.rows(
                """
                SELECT id, due FROM (
                    SELECT id, (SELECT min(due) FROM job WHERE job.lane = lane.id AND claimed_at IS NULL) AS due FROM lane)
                WHERE due IS NOT NULL AND due < ?
                """,
                [Instant.distantFuture]
            ).map { row -> (LaneID, Instant) in (row["id"], row["due"]) }
            return (reasons, Dictionary(uniqueKeysWithValues: due))
        }
        // In WAL mode nothing else writes to the file (https://www.sqlite.org/wal.html#ckpt).
        let file = try? FileManager.default.attributesOfItem(atPath: path)
        let wal = try? FileManager.default.attributesOfItem(atPath: path + "-wal")
        return StoreMetrics(
            sums: sums,
            skipped: Self.reasons(of: .skipped, in: reasons, sum: sums.skipped),
            failed: Self.reasons(of: .failed, in: reasons, sum: sums.failed),
            earliestDue: earliestDue,
            databaseBytes: file?[.size] as? Int ?? 0,
            walBytes: wal?[.size] as? Int ?? 0,
            checkpointAt: file?[.modificationDate] as? Date,
            holds: holds.all
        )
    }

    private static func reasons(of state: Delivery.State, in tallies: [(String, Int)], sum: Int) -> [String: Int] {
        let prefix = state.tally("")
        var reasons: [String: Int] = [:]
        for (name, count) in tallies where name.hasPrefix(prefix) {
            reasons[String(name.dropFirst(prefix.count))] = count
        }
        let unknown = sum - reasons.values.reduce(0, +)
        if unknown > 0 { reasons["unknown"] = unknown }
        return reasons
    }
}
