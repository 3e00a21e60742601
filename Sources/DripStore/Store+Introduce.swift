package import DripCore
package import Foundation
import GRDB

extension Store {
    /// Makes somebody known before they write, or replaces what is known of them.
    /// - Parameters:
    ///   - address: theirs on the lane's channel.
    ///   - attributes: what texts may say of them: `full_name`, `city`, …
    ///   - zone: their own, where it is known.
    package func introduce(
        _ address: String,
        lane: LaneID,
        attributes: [String: String],
        tags: Set<String>,
        zone: TimeZone?,
        now: Instant
    ) async throws {
        try await write { db in
            try db.run(
                "INSERT INTO person (lane, address, created_at) VALUES (?, ?, ?) ON CONFLICT (lane, address) DO NOTHING",
                [lane, address, now]
            )
            if db.changesCount > 0 { try db.tally("people") }
            try db.run(
                "UPDATE person SET attributes = ?, tags = ?, zone = ? WHERE lane = ? AND address = ?",
                [
                    try JSONColumn.text(attributes), try JSONColumn.text(tags.sorted()), zone?.identifier, lane,
                    address,
                ]
            )
        }
    }
}
