import ControlAPI
import DripCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import DripStore

/// A database that describes itself otherwise than dripd does.
@Suite struct SchemaCheckTests {
    private let now = Instant.start

    /// What a file may hold besides, and what is said of it.
    private static let alterations = [
        (
            "CREATE TRIGGER x AFTER UPDATE ON fence BEGIN UPDATE person SET zone = '9'; END",
            "dripd makes no trigger 'x' on 'fence'"
        ),
        (
            "CREATE TRIGGER x INSTEAD OF INSERT ON y BEGIN DELETE FROM person; END",
            "dripd makes no trigger 'x' on 'y', and 1 more"
        ),
        ("CREATE VIEW x AS SELECT load_extension('/tmp/x.so') AS a FROM person", "dripd makes no view 'x'"),
        ("CREATE TABLE x (a TEXT)", "dripd makes no table 'x'"),
        ("CREATE INDEX x ON person (abs(id))", "dripd makes no index 'x' on 'person'"),
        ("ALTER TABLE person ADD COLUMN x TEXT DEFAULT 'a'", "its table 'person' is not as dripd makes it"),
        ("CREATE VIRTUAL TABLE x USING fts5(a)", "dripd makes no table 'x', and 5 more"),
        ("DROP INDEX job_due", "its index 'job_due' is missing"),
        ("DROP TABLE tally", "its table 'tally' is missing"),
    ]

    @Test(arguments: alterations)
    func `it is neither restored nor worked with, nor backed up`(sql: String, what: String) async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: now)
        let backup = state.directory.path + "/backup.db"
        _ = try StateBackup.make(of: state.directory.path, at: backup, overwriting: false, now: now) { _ in }
        try state.store.close()
        let whole = try Data(contentsOf: URL(filePath: state.directory.path + "/dripd.db"))
        try alter(backup, sql)
        func altered(_ path: String) -> StoreError { .altered(path: path, what: what) }

        let directory = state.directory.path
        #expect(throws: altered(backup)) {
            try StateBackup.restore(backup, to: directory, stamp: "x") { _ in }
        }
        #expect(try Data(contentsOf: URL(filePath: directory + "/dripd.db")) == whole)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.contains("part") } == []
        )

        let other = try TemporaryDirectory()
        try FileManager.default.copyItem(atPath: backup, toPath: other.path + "/dripd.db")
        #expect(throws: altered(other.path + "/dripd.db")) {
            try Store(directory: other.path, newInstance: "new", zone: .hoChiMinh)
        }
        #expect(throws: altered(other.path + "/dripd.db")) { try StateCopy(directory: other.path) }
        #expect(throws: StoreError.self) {
            try StateBackup.make(of: other.path, at: other.path + "/b.db", overwriting: false, now: now) { _ in }
        }
    }

    /// SQLite itself refuses those: that its own names stand for its own things is what `SchemaCheck` relies on.
    @Test(
        arguments: [
            ("CREATE TABLE x(tbl,idx,stat)", "sqlite_stat1"),
            ("CREATE TRIGGER x AFTER INSERT ON person BEGIN SELECT 1; END", "sqlite_autoindex_lane_1"),
            ("CREATE TRIGGER x AFTER INSERT ON person BEGIN SELECT 1; END", "sqlite_stat1"),
            ("CREATE VIEW x AS SELECT 1", "sqlite_sequence"),
        ]
    )
    func `nothing passes under a name of SQLite's own`(sql: String, name: String) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/x.db"
        let queue = try DatabaseQueue(path: path)
        try await queue.write { try $0.execute(sql: "PRAGMA application_id = \(Schema.applicationID)") }
        try Schema.migrator.migrate(queue)
        try queue.close()
        try alter(path, sql)
        try alter(path, "PRAGMA writable_schema = ON; UPDATE sqlite_master SET name = '\(name)' WHERE name = 'x'")
        #expect(throws: StoreError.self) {
            try StateBackup.restore(path, to: directory.path + "/state", stamp: "x") { _ in }
        }
    }

    @Test func `a state of any earlier dripd is restored, and one that was analysed`() async throws {
        for (count, migration) in Schema.migrator.migrations.enumerated() {
            let directory = try TemporaryDirectory()
            let old = directory.path + "/old.db"
            let queue = try DatabaseQueue(path: old)
            try await queue.write { try $0.execute(sql: "PRAGMA application_id = \(Schema.applicationID)") }
            try Schema.migrator.migrate(queue, upTo: migration)
            if count == 15 { try await queue.write { try $0.execute(sql: "ANALYZE") } }
            try queue.close()
            let (report, _) = try StateBackup.restore(old, to: directory.path + "/state", stamp: "x") { _ in }
            #expect(report.sums.people == 0, "\(migration)")
            try Store(directory: directory.path + "/state", newInstance: "new", zone: .hoChiMinh).close()
        }
    }

    /// Written by GRDB: another text in a later one would refuse every state that there is.
    @Test func `the table of migrations is as it always was`() throws {
        let queue = try DatabaseQueue()
        try Schema.migrator.migrate(queue)
        let text = try queue.read {
            try String.fetchOne($0, sql: "SELECT sql FROM sqlite_master WHERE name = 'grdb_migrations'")
        }
        #expect(text == SchemaCheck.migrationsTable)
        #expect(text == "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
    }

    @Test(arguments: ["", SchemaCheck.migrationsTable])
    func `what a dripd leaves that is killed before its first migration is opened`(sql: String) async throws {
        let directory = try TemporaryDirectory()
        let queue = try DatabaseQueue(path: directory.path + "/dripd.db")
        try await queue.write { db in
            try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
            try db.execute(sql: sql)
        }
        try queue.close()
        try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh).close()
    }

    @Test func `no connection of the daemon lets the file's own words do more than compute`() async throws {
        let state = try await TemporaryStore([])
        let ofReaders = try await state.store.pool.read { try Self.settings($0) }
        #expect(ofReaders == [0, 1])
        try await state.store.pool.writeWithoutTransaction { db in
            let ofWriter = try Self.settings(db)
            #expect(ofWriter == [0, 1])
            #expect(throws: DatabaseError.self) { try db.execute(sql: "SELECT load_extension('/tmp/x.so')") }
            try db.execute(sql: "PRAGMA writable_schema = ON")
            #expect(throws: DatabaseError.self) { try db.execute(sql: "UPDATE sqlite_master SET sql = ''") }
        }
    }

    private static func settings(_ db: Database) throws -> [Int?] {
        try ["trusted_schema", "cell_size_check"].map { try Int.fetchOne(db, sql: "PRAGMA \($0)") }
    }

    private func alter(_ path: String, _ sql: String) throws {
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            if sql.contains("INSTEAD OF") { try db.execute(sql: "CREATE VIEW y AS SELECT 1 AS a") }
            try db.execute(sql: sql)
        }
        try queue.close()
    }
}
