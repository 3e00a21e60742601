package import ControlAPI
package import DripCore
import GRDB

extension Store {
    /// Begins a sync, or joins the one that is under way.
    /// - Throws: `PersonError.unknownSequence`.
    package func beginSync(of account: AccountID, _ request: SyncRequest, now: Instant) async throws {
        try await write { [self] db in
            if let sequence = request.sequence, catalog[sequence] == nil { throw PersonError.unknownSequence(sequence) }
            try db.run("DELETE FROM sync WHERE account = ? AND ended_at IS NOT NULL", [account])
            try db.run(
                """
                INSERT INTO sync (account, started_at, sequence, since) VALUES (?, ?, ?, ?) ON CONFLICT (account) DO NOTHING
                """,
                [account, now, request.sequence, request.since]
            )
        }
    }

    /// Returns the latest syncs of all pages, by page.
    package func syncs() async throws -> [SyncProgress] {
        try await read { db in
            try db.rows(
                "SELECT sync.*, account.page FROM sync JOIN account ON account.id = sync.account ORDER BY account.page",
                []
            )
            .map(SyncProgress.init(row:))
        }
    }

    package func sync(of account: AccountID) async throws -> SyncProgress? {
        try await read { db in
            try db.row(
                "SELECT sync.*, account.page FROM sync JOIN account ON account.id = sync.account WHERE account = ?",
                [account]
            )
            .map(SyncProgress.init(row:))
        }
    }

    /// Saves the people of some conversations and the cursor, in one transaction. After a crash the sync continues from
    /// the cursor, and repeating a part changes nothing.
    package func saveConversations(_ found: ConversationPage, of account: AccountID, now: Instant) async throws {
        // Messages are parsed before anything waits for the database.
        let optOut = catalog.optOut
        let read = found.conversations.compactMap { conversation in
            conversation.contact(optOut: optOut).map { (conversation, $0) }
        }
        try await write { [self] db in
            let catalog = catalog
            let sync = try db.row(
                "SELECT sequence, since, page FROM sync JOIN account ON account.id = sync.account WHERE account = ?",
                [account]
            )
            guard let sync else { return }
            let sequence: String? = sync["sequence"]
            let since: Instant? = sync["since"]
            var (people, enrolled) = (0, 0)
            try IntakeTransaction.TransactionState.during(db, now: now) { shared in
                var backfill = Backfill(
                    intake: IntakeTransaction(
                        db: db,
                        instance: instance,
                        catalog: catalog,
                        now: now,
                        shared: shared
                    ),
                    page: sync["page"],
                    account: account
                )
                for (conversation, whole) in read {
                    // Messages from before an erasure stay erased, even if the person has come back since.
                    let forgotten = try Forgotten(
                        page: sync["page"],
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
                WHERE account = ?
                """,
                [
                    found.next, found.conversations.last?.updatedAt, found.conversations.count, people, enrolled,
                    found.next, now, account,
                ]
            )
        }
    }

    /// - Parameter isOver: true if the sync ends here; false if it waits.
    package func recordSyncError(
        of account: AccountID,
        because trouble: String,
        isOver: Bool,
        now: Instant
    ) async throws {
        try await write { db in
            try db.run(
                "UPDATE sync SET trouble = ?, ended_at = CASE WHEN ? THEN ? END WHERE account = ?",
                [trouble, isOver, now, account]
            )
        }
    }

    /// Records at start-up that messages may have been missed since the daemon last received any. Call this once,
    /// before any event arrives.
    /// - Parameter now: when the downtime ended.
    /// - Returns: the accounts that have to catch up, which are those that were synced before.
    package func noteDowntime(now: Instant = .distantFuture) async throws -> [AccountID] {
        try await write { [self] db in
            // The last event is the last proof that the daemon was running.
            let last: Instant? = try db.row("SELECT received_at FROM event ORDER BY id DESC LIMIT 1", [])?[
                "received_at"
            ]
            let alive = last ?? .distantPast
            downtime = last.map { min($0, now) - Self.tolerance..<now }
            // An account that had not caught up before still has to, from the same time on.
            try db.run(
                """
                UPDATE account SET missed_since = CASE WHEN caught_up_at < ? THEN ? ELSE caught_up_at END
                WHERE caught_up_at IS NOT NULL AND missed_since IS NULL
                """,
                [alive, alive]
            )
            return try db.all("SELECT id FROM account WHERE missed_since IS NOT NULL ORDER BY id", []) { row in row[0] }
        }
    }

    /// The maximum difference between the platform's clock and this one.
    private static let tolerance = Milliseconds.minutes(2)

    /// Returns until when an account certainly missed no message (nil if it was never synced), and since when it may
    /// have missed some because dripd was down (nil if it was not).
    package func caughtUp(of account: AccountID) async throws -> (until: Instant?, missedSince: Instant?) {
        try await read { db in
            let row = try db.row("SELECT caught_up_at, missed_since FROM account WHERE id = ?", [account])
            return (row?["caught_up_at"], row?["missed_since"])
        }
    }

    /// Records that the messages written while dripd was down have been read. Earlier ones may still be unread.
    package func recordDowntimeRead(_ account: AccountID) async throws {
        try await write { try $0.run("UPDATE account SET missed_since = NULL WHERE id = ?", [account]) }
    }

    package func setCaughtUp(_ account: AccountID, until: Instant) async throws {
        try await write {
            try $0.run("UPDATE account SET caught_up_at = ?, missed_since = NULL WHERE id = ?", [until, account])
        }
    }
}

extension SyncProgress {
    fileprivate init(row: Row) {
        self.init(
            page: row["page"],
            startedAt: row["started_at"],
            request: SyncRequest(sequence: row["sequence"], since: row["since"]),
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
