import DripCore
import GRDB

@testable import DripStore

/// Which of the platform's messages the database has as events, read with SQL of its own.
enum CaughtUp {
    /// When they happened, as the database has it, by their platform's name.
    static func times(_ store: Store, _ messageIDs: [String]) async throws -> [String: Instant] {
        try await store.read { db in
            var times: [String: Instant] = [:]
            for id in messageIDs {
                times[id] = try Instant.fetchOne(
                    db,
                    sql: "SELECT at FROM event WHERE key = ?",
                    arguments: [Event.key(ofMessage: id)]
                )
            }
            return times
        }
    }
}
