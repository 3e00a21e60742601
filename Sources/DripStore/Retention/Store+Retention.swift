package import DripCore
import GRDB

/// The data that was deleted because it expired.
package struct RetentionReport: Hashable, Sendable {
    package var events = 0
    /// Authors of comments that the platform never named.
    package var unnamedAuthors = 0
    /// Former databases.
    package var setAside: [String] = []

    package init() {}
}

/// Retention of data. The table in docs/personal-data.md lists how long data about people is kept.
extension Store {
    /// How long unnamed authors of comments are kept. After that the platform will not name them any more: a private
    /// reply is possible for seven days.
    static let unnamedAuthorsAreKept = Milliseconds.days(30)
    /// The maximum number of rows per transaction, because messages wait for it.
    private static let mostRows = 500

    /// Deletes all expired data, in short transactions.
    package func deleteExpired(now: Instant) async throws -> RetentionReport {
        var report = RetentionReport()
        func repeating(_ work: @escaping @Sendable (Database) throws -> Int) async throws -> Int {
            var sum = 0
            while true {
                let count = try await write(work)
                sum += count
                if count < Self.mostRows { return sum }
            }
        }
        report.events = try await repeating { try Self.deleteEvents($0, now: now) }
        _ = try await repeating { db in
            try db.run(
                "DELETE FROM forgotten_event WHERE hash IN (SELECT hash FROM forgotten_event WHERE until < ? LIMIT ?)",
                [now, Self.mostRows]
            )
            return db.changesCount
        }
        _ = try await repeating { db in
            try db.run(
                "DELETE FROM unnamed_reply WHERE id IN (SELECT id FROM unnamed_reply ORDER BY id LIMIT ?) AND at < ?",
                [Self.mostRows, now - UnnamedReplies.remembered]
            )
            return db.changesCount
        }
        try await write { try $0.run("DELETE FROM unnamed_pause WHERE until < ?", [now - UnnamedReplies.remembered]) }
        // One at a time, because each reads all events.
        while report.unnamedAuthors < Self.mostRows, try await deleteUnnamedAuthor(now: now) {
            report.unnamedAuthors += 1
        }
        report.setAside = SetAsideFiles(directory: directory).removeExpired(now: now)
        // Includes files that an earlier process did not clean.
        _ = await cleanFilesSoon()
        return report
    }

    private static func deleteEvents(_ db: Database, now: Instant) throws -> Int {
        try db.run(
            "DELETE FROM event WHERE id IN (SELECT id FROM event ORDER BY id LIMIT ?) AND received_at < ?",
            [mostRows, now - EventAge.longestKept]
        )
        return db.changesCount
    }

    /// - Returns: whether there was one.
    private func deleteUnnamedAuthor(now: Instant) async throws -> Bool {
        let found = try await read { db in
            try Self.unnamedAuthor(db, now: now).map { ($0, try EventsNaming($0, db)) }
        }
        guard let (person, naming) = found else { return false }
        return try await write { [instance] db in
            // By now a message to them may be in progress, or their name may be known.
            guard try Self.unnamedAuthor(db, now: now)?.id == person.id else { return true }
            _ = try Erasure(db: db, instance: instance, now: now, naming: naming).erase(person)
            try Self.noteErasure(db)
            return true
        }
    }

    private static func unnamedAuthor(_ db: Database, now: Instant) throws -> Person? {
        // ';' is the character after ':', so this selects every address with the prefix.
        try db.row(
            """
            SELECT \(Person.columns) FROM account CROSS JOIN address ON address.account = account.id
                JOIN person ON person.id = address.person
            WHERE external_id >= 'comment:' AND external_id < 'comment;' AND given_by IS NULL
                AND address.created_at < ? AND NOT EXISTS (
                SELECT 1 FROM enrollment JOIN job ON job.enrollment = enrollment.id
                WHERE enrollment.person = person.id AND claimed_at IS NOT NULL)
            LIMIT 1
            """,
            [now - unnamedAuthorsAreKept]
        ).map(Person.init(row:))
    }
}
