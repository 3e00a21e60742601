package import ControlAPI
package import DripCore
package import Foundation
import GRDB

/// The state's part of the daemon's metrics.
package struct StoreMetrics: Hashable, Sendable {
    package var sums: StoreStatus
    /// Finished steps by reason. If no reason was recorded (an operator's decision, or an older dripd), it is
    /// `unknown`.
    package var skipped: [String: Int]
    package var failed: [String: Int]
    /// When the first claimable job is due, by account; no entry if none waits.
    package var earliestDue: [AccountID: Instant]
    package var databaseBytes: Int
    package var walBytes: Int
    /// When the log was last copied into the database file.
    package var checkpointAt: Date?
    /// How long writes held the writer, by kind.
    package var holds: [WriterHold]

    package init(
        sums: StoreStatus,
        skipped: [String: Int],
        failed: [String: Int],
        earliestDue: [AccountID: Instant],
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
                    SELECT id, (SELECT min(due) FROM job WHERE job.account = account.id AND claimed_at IS NULL) AS due FROM account)
                WHERE due IS NOT NULL AND due < ?
                """,
                [Instant.distantFuture]
            ).map { row -> (AccountID, Instant) in (row["id"], row["due"]) }
            return (reasons, Dictionary(uniqueKeysWithValues: due))
        }
        // In WAL mode only a checkpoint writes to the file (https://www.sqlite.org/wal.html#ckpt).
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
