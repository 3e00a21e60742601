package import DripCore
import GRDB

/// A page's latest walk through its conversations.
package struct SyncProgress: Codable, Hashable, Sendable {
    package var page: String
    package var startedAt: Instant
    package var order: SyncOrder
    /// Where it goes on.
    package var cursor: String?
    /// The last message of the conversation that it reached: it goes from the latest to the oldest.
    package var reached: Instant?
    package var conversations: Int
    /// Those that were new.
    package var people: Int
    package var enrolled: Int
    package var endedAt: Instant?
    /// Why it waits, or why it ended before the last conversation.
    package var trouble: String?
}

extension Store {
    /// Begins a walk, or joins the one that is under way.
    /// - Throws: `PersonError.unknownSequence`.
    package func beginSync(of lane: LaneID, _ order: SyncOrder, now: Instant) async throws {
        try await write { [self] db in
            if let sequence = order.sequence, catalog[sequence] == nil { throw PersonError.unknownSequence(sequence) }
            try db.run("DELETE FROM sync WHERE lane = ? AND ended_at IS NOT NULL", [lane])
            try db.run(
                """
                INSERT INTO sync (lane, started_at, sequence, since) VALUES (?, ?, ?, ?) ON CONFLICT (lane) DO NOTHING
                """,
                [lane, now, order.sequence, order.since]
            )
        }
    }

    /// The pages' latest walks, by page.
    package func syncs() async throws -> [SyncProgress] {
        try await read { db in
            try db.rows("SELECT sync.*, lane.page FROM sync JOIN lane ON lane.id = sync.lane ORDER BY lane.page", [])
                .map(SyncProgress.init(row:))
        }
    }

    package func sync(of lane: LaneID) async throws -> SyncProgress? {
        try await read { db in
            try db.row("SELECT sync.*, lane.page FROM sync JOIN lane ON lane.id = sync.lane WHERE lane = ?", [lane])
                .map(SyncProgress.init(row:))
        }
    }

    /// Keeps the people of some conversations and where the walk goes on, in one transaction: after a crash it does so from
    /// there, and what it does twice changes nothing.
    package func keep(_ found: ConversationPage, of lane: LaneID, now: Instant) async throws {
        // What people wrote is read before anything waits for the database.
        let optOut = catalog.optOut
        let read = found.conversations.compactMap { conversation in
            conversation.contact(optOut: optOut).map { (conversation, $0) }
        }
        try await write { [self] db in
            let catalog = catalog
            let walk = try db.row(
                "SELECT sequence, since, page FROM sync JOIN lane ON lane.id = sync.lane WHERE lane = ?",
                [lane]
            )
            guard let walk else { return }
            let sequence: String? = walk["sequence"]
            let since: Instant? = walk["since"]
            var (people, enrolled) = (0, 0)
            try IntakeTransaction.Shared.during(db, now: now) { shared in
                var backfill = Backfill(
                    intake: IntakeTransaction(
                        db: db,
                        instance: instance,
                        catalog: catalog,
                        now: now,
                        shared: shared
                    ),
                    page: walk["page"],
                    lane: lane
                )
                for (conversation, whole) in read {
                    // What was written before an erasure is erased, whoever comes back since.
                    let forgotten = try Forgotten(
                        page: walk["page"],
                        address: conversation.person,
                        db,
                        instance
                    )
                    let contact: Contact? =
                        if let forgotten { conversation.contact(optOut: optOut, since: forgotten.at) } else { whole }
                    guard let contact else { continue }
                    if try backfill.keep(contact) { people += 1 }
                    if let sequence, since.map({ contact.lastWroteAt >= $0 }) ?? true,
                        try backfill.enroll(contact, in: sequence)
                    {
                        enrolled += 1
                    }
                }
                shared.sums.add("people", people)
            }
            try db.run(
                """
                UPDATE sync SET cursor = ?, reached = coalesce(?, reached), conversations = conversations + ?,
                    people = people + ?, enrolled = enrolled + ?, trouble = NULL,
                    ended_at = CASE WHEN ? IS NULL THEN ? END
                WHERE lane = ?
                """,
                [
                    found.next, found.conversations.last?.updatedAt, found.conversations.count, people, enrolled,
                    found.next, now, lane,
                ]
            )
        }
    }

    /// - Parameter isOver: the walk ends here; otherwise it waits.
    package func syncStands(of lane: LaneID, because trouble: String, isOver: Bool, now: Instant) async throws {
        try await write { db in
            try db.run(
                "UPDATE sync SET trouble = ?, ended_at = CASE WHEN ? THEN ? END WHERE lane = ?",
                [trouble, isOver, now, lane]
            )
        }
    }

    /// Notes at a start that messages may have been missed since the daemon last took some. To be called once, before anything
    /// comes in.
    /// - Parameter now: until when it was down.
    /// - Returns: the accounts that have to catch up: those that were looked at before.
    package func noteDowntime(now: Instant = .distantFuture) async throws -> [LaneID] {
        try await write { [self] db in
            // The last event shows how long the daemon was there.
            let last: Instant? = try db.row("SELECT received_at FROM event ORDER BY id DESC LIMIT 1", [])?[
                "received_at"
            ]
            let alive = last ?? .distantPast
            downtime = last.map { min($0, now) - Self.tolerance..<now }
            // One that had not caught up when it ended still has to, from the same time on.
            try db.run(
                """
                UPDATE lane SET missed_since = CASE WHEN caught_up_at < ? THEN ? ELSE caught_up_at END
                WHERE caught_up_at IS NOT NULL AND missed_since IS NULL
                """,
                [alive, alive]
            )
            return try db.all("SELECT id FROM lane WHERE missed_since IS NOT NULL ORDER BY id", []) { row in row[0] }
        }
    }

    /// What the platform's clock and this one may differ by.
    private static let tolerance = Span.minutes(2)

    /// Until when it is certain that no message of an account was missed (nil: it never was looked at), and since when some may
    /// have been because dripd was down (nil: none).
    package func caughtUp(of lane: LaneID) async throws -> (until: Instant?, missedSince: Instant?) {
        try await read { db in
            let row = try db.row("SELECT caught_up_at, missed_since FROM lane WHERE id = ?", [lane])
            return (row?["caught_up_at"], row?["missed_since"])
        }
    }

    /// What was written while dripd was down has been read; what was written before that may still be.
    package func hasReadDowntime(_ lane: LaneID) async throws {
        try await write { try $0.run("UPDATE lane SET missed_since = NULL WHERE id = ?", [lane]) }
    }

    package func isCaughtUp(_ lane: LaneID, until: Instant) async throws {
        try await write {
            try $0.run("UPDATE lane SET caught_up_at = ?, missed_since = NULL WHERE id = ?", [until, lane])
        }
    }
}

extension SyncProgress {
    fileprivate init(row: Row) {
        self.init(
            page: row["page"],
            startedAt: row["started_at"],
            order: SyncOrder(sequence: row["sequence"], since: row["since"]),
            cursor: row["cursor"],
            reached: row["reached"],
            conversations: row["conversations"],
            people: row["people"],
            enrolled: row["enrolled"],
            endedAt: row["ended_at"],
            trouble: row["trouble"]
        )
    }
}
