import DripCore
import GRDB

@testable import DripStore

/// A delivery in doubt. Uses its own SQL instead of the code under test.
struct DoubtRow {
    enum End {
        case arrived
        case absent
    }

    let enrollment: Int64
    let address: String
    let sequence: String
    let step: String
    let part: Int
    let at: Instant
    private let messageIDs: String

    var key: String { "dripd/simulated/\(enrollment)/\(part)/\(step)" }

    static func all(_ store: Store) async throws -> [DoubtRow] {
        try await store.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT delivery.*, external_id, sequence FROM delivery JOIN enrollment ON enrollment.id = enrollment
                    JOIN address ON address.id = delivery.address WHERE state = 'in_doubt' ORDER BY enrollment, step
                    """
            ).map { row in
                DoubtRow(
                    enrollment: row["enrollment"],
                    address: row["external_id"],
                    sequence: row["sequence"],
                    step: row["step"],
                    part: row["part"],
                    at: row["at"],
                    messageIDs: row["message_ids"] ?? ""
                )
            }
        }
    }

    /// Returns how the delivery was resolved; nil if it is still in doubt.
    func end(_ store: Store) async throws -> End? {
        try await store.read { [enrollment, step, part, messageIDs] db in
            let row = try Row.fetchOne(
                db,
                sql: "SELECT state, message_ids FROM delivery WHERE enrollment = ? AND step = ?",
                arguments: [enrollment, step]
            )
            if let row {
                let state: String = row["state"]
                let ids: String = row["message_ids"] ?? ""
                return state == "in_doubt" ? nil : state == "sent" || ids != messageIDs ? .arrived : .absent
            }
            let next = try Int.fetchOne(db, sql: "SELECT part FROM job WHERE enrollment = ?", arguments: [enrollment])
            return next ?? 0 > part ? .arrived : .absent
        }
    }
}
