import CSQLite
import Glibc

/// A daemon's database, filled and read from outside.
final class Database {
    private var handle: OpaquePointer?

    init(_ path: String) throws {
        guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK else { throw failure() }
        sqlite3_busy_timeout(handle, 10_000)
    }

    deinit { sqlite3_close_v2(handle) }

    private func failure() -> Tool.Failure {
        Tool.Failure(description: "SQLite: " + String(cString: sqlite3_errmsg(handle)))
    }

    func run(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    func number(_ sql: String) throws -> Int64 {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else { throw failure() }
        defer { sqlite3_finalize(statement) }
        return sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0
    }

    /// Enrolls people in the sequence `bench`, each with a pending job.
    /// - Parameters:
    ///   - first: the first person's number; numbers must be unique.
    ///   - due: an SQL expression over `n`, which counts from 0, in milliseconds since 1970.
    ///   - step: the step of their job.
    ///   - pages: the number of pages that share them.
    func add(people count: Int, from first: Int, before step: String, position: String, due: String, pages: Int) throws
    {
        let now = milliseconds()
        try run(
            """
            PRAGMA synchronous = OFF;
            BEGIN;
            CREATE TEMP TABLE accounts AS SELECT row_number() OVER (ORDER BY id) - 1 AS n, id FROM account;
            CREATE TEMP TABLE people AS WITH RECURSIVE counter (n) AS (
                SELECT 0 UNION ALL SELECT n + 1 FROM counter LIMIT \(count)
            ) SELECT n, \(first) + n AS id, \(due) AS due, (SELECT id FROM accounts WHERE accounts.n = counter.n % \(pages)) AS account
            FROM counter;
            INSERT INTO person (id, created_at, first_message_at, last_wrote_at, attributes)
            SELECT id, \(now), \(now), \(now), '{"full_name":"Nguyễn Thị ' || id || '"}' FROM people;
            INSERT INTO address (id, person, account, external_id, created_at, window_ends, profile_at)
            SELECT id, id, account, 1000000000000000 + id, \(now), \(now) + 86400000, \(now) FROM people;
            INSERT INTO enrollment (id, person, sequence, round, anchor, cause, position)
            SELECT id, id, 'bench', 1, \(now) - 3600000, 'first_message', \(position) FROM people;
            INSERT INTO job (enrollment, account, step, due, scheduled) SELECT id, account, '\(step)', due, due FROM people ORDER BY id;
            INSERT INTO tally (name, value) VALUES ('people', \(count)), ('enrolled', \(count)), ('under_way', \(count))
                ON CONFLICT (name) DO UPDATE SET value = value + excluded.value;
            DROP TABLE people; DROP TABLE accounts;
            COMMIT;
            PRAGMA wal_checkpoint(TRUNCATE);
            """
        )
        // Otherwise the disk would still be busy with these writes during the next measurement.
        sync()
    }

    /// Inserts events of people, and events without a person.
    /// - Parameters:
    ///   - first: the number of the first of `people` people. Each gets `each` events.
    ///   - ofNobody: the number of comments, with their text, whose author has no row.
    func addEvents(people: Int, from first: Int, each: Int, ofNobody: Int) throws {
        let now = milliseconds()
        try run(
            """
            PRAGMA synchronous = OFF;
            BEGIN;
            WITH RECURSIVE counter (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counter LIMIT \(people * each))
            INSERT INTO event (account, key, kind, person, at, received_at)
            SELECT 1, 'm:m_AG5Hz2Uq7tuwNEhXfYYKj8mJEM_' || n, 'message', \(first) + n % \(people), \(now) - 50000000, \(now)
            FROM counter;
            WITH RECURSIVE counter (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counter LIMIT \(ofNobody))
            INSERT INTO event (account, key, kind, at, received_at, body)
            SELECT 1, 'c:1000000000_' || n, 'comment', \(now) - 50000000, \(now),
                '{"from":{"id":"' || (6000000000000000 + n) || '"},"message":"' || hex(randomblob(100)) || '"}'
            FROM counter;
            COMMIT;
            PRAGMA wal_checkpoint(TRUNCATE);
            """
        )
        sync()
    }

    /// Reverts the migrations that only create indexes, so that the next start applies them again.
    /// - Returns: the migrations' names.
    func revertIndexes() throws -> [String] {
        try ["21": ["event_person"]].filter { name, _ in
            try number("SELECT count(*) FROM grdb_migrations WHERE identifier = '\(name)'") > 0
        }.map { name, indexes in
            for index in indexes { try run("DROP INDEX \(index)") }
            try run("DELETE FROM grdb_migrations WHERE identifier = '\(name)'; PRAGMA wal_checkpoint(TRUNCATE)")
            return name
        }
    }
}
