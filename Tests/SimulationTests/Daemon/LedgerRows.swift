import DripCore
import GRDB

@testable import DripStore

/// The database's rows after a run. Uses its own SQL instead of the code under test.
struct LedgerRows {
    struct Way {
        let id: Int64
        let address: String
        let sequence: String
        let cause: String
        let anchor: Instant
        let position: Int64?
        let isOver: Bool
        let endReason: String?
        let version: String?
        var job: Job?
        /// In the order in which they ended.
        var deliveries: [Delivery] = []
    }

    struct Job {
        let step: String
        let due: Instant
        let part: Int
        let waitingFor: String?
        let isClaimed: Bool
    }

    struct Delivery {
        let step: String
        let state: String
        let reason: String?
        let scheduled: Instant
        let at: Instant
        let part: Int
        let messageIDs: [String]
    }

    let ways: [Way]

    init(_ store: Store) async throws {
        ways = try await store.read { db in
            let ways = try Row.fetchAll(
                db,
                sql: """
                    SELECT enrollment.*, coalesce(job.position, enrollment.position) AS reached, address.external_id AS address,
                        job.step, job.due, job.part, job.waiting_for, job.claimed_at
                    FROM enrollment JOIN address ON address.person = enrollment.person
                    LEFT JOIN job ON job.enrollment = enrollment.id ORDER BY enrollment.id
                    """
            )
            return try ways.map { row in
                let step: String? = row["step"]
                let endedAt: Int64? = row["ended_at"]
                let claimedAt: Int64? = row["claimed_at"]
                let id: Int64 = row["id"]
                return Way(
                    id: id,
                    address: row["address"],
                    sequence: row["sequence"],
                    cause: row["cause"],
                    anchor: Instant(milliseconds: row["anchor"]),
                    position: row["reached"],
                    isOver: endedAt != nil,
                    endReason: row["end_reason"],
                    version: row["version"],
                    job: step.map { step in
                        Job(
                            step: step,
                            due: Instant(milliseconds: row["due"]),
                            part: row["part"],
                            waitingFor: row["waiting_for"],
                            isClaimed: claimedAt != nil
                        )
                    },
                    deliveries: try Row.fetchAll(
                        db,
                        sql: "SELECT * FROM delivery WHERE enrollment = ? ORDER BY at, scheduled",
                        arguments: [id]
                    ).map { row in
                        let ids: String? = row["message_ids"]
                        return Delivery(
                            step: row["step"],
                            state: row["state"],
                            reason: row["reason"],
                            scheduled: Instant(milliseconds: row["scheduled"]),
                            at: Instant(milliseconds: row["at"]),
                            part: row["part"],
                            messageIDs: ids.map { $0.split(separator: " ").map(String.init) } ?? []
                        )
                    }
                )
            }
        }
    }
}
