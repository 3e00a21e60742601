import DripCore
import GRDB

@testable import DripStore

/// Reads which of the platform's messages the database has as events. Uses its own SQL instead of the code under test.
enum CaughtUp {
    /// Returns the recorded times of messages, by message id.
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
