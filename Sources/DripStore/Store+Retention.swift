package import DripCore
import GRDB

/// What was deleted since its time is over.
package struct RetentionReport: Hashable, Sendable {
    package var events = 0
    /// Authors of comments whom the platform never named.
    package var unnamedAuthors = 0
    /// Former databases.
    package var setAside: [String] = []

    package init() {}
}

/// How long what is known is kept: the table in docs/personal-data.md says so for people.
extension Store {
    /// The author of a comment whom the platform has not named by then will not be named any more: a private reply is possible for
    /// seven days.
    static let unnamedAuthorsAreKept = Span.days(30)
    /// In one transaction, since messages wait for it.
    private static let mostRows = 500

    /// Deletes all whose time is over, in short transactions.
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
        // One at a time: each takes a look at all events.
        while report.unnamedAuthors < Self.mostRows, try await deleteUnnamedAuthor(now: now) {
            report.unnamedAuthors += 1
        }
        report.setAside = SetAsideFiles(directory: directory).removeExpired(now: now)
        // Also what an earlier process has left.
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
            // Meanwhile a message to them may be on its way, or their name known.
            guard try Self.unnamedAuthor(db, now: now)?.id == person.id else { return true }
            _ = try Erasure(db: db, instance: instance, now: now, naming: naming).erase(person)
            try Self.noteErasure(db)
            return true
        }
    }

    private static func unnamedAuthor(_ db: Database, now: Instant) throws -> Person? {
        // ';' comes after ':'.
        try db.row(
            """
            SELECT \(Person.columns) FROM lane JOIN person ON person.lane = lane.id
            WHERE address >= 'comment:' AND address < 'comment;' AND created_at < ? AND NOT EXISTS (
                SELECT 1 FROM enrollment JOIN job ON job.enrollment = enrollment.id
                WHERE enrollment.person = person.id AND claimed_at IS NOT NULL)
            LIMIT 1
            """,
            [now - unnamedAuthorsAreKept]
        ).map(Person.init(row:))
    }
}
