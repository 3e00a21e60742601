import ControlAPI
import DripCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import DripStore

@Suite struct StoreOpeningTests {
    @Test func `a write that returned is on the disk`() async throws {
        let state = try await TemporaryStore()
        let pragmas = try await state.store.pool.writeWithoutTransaction { db in
            try ["synchronous", "journal_mode", "foreign_keys", "secure_delete"]
                .map { try String.fetchOne(db, sql: "PRAGMA \($0)") }
        }
        #expect(pragmas == ["2", "wal", "1", "1"])
    }

    @Test func `a second daemon on the same state is refused, until the first one ends`() async throws {
        let directory = try TemporaryDirectory()
        var first: Store? = try Store(directory: directory.path, newInstance: "a", zone: .gmt)
        #expect(throws: StoreError.inUse(directory: directory.path, process: "\(getpid())")) {
            try Store(directory: directory.path, newInstance: "b", zone: .gmt)
        }
        #expect(first?.instance == "a")
        first = nil
        #expect(try Store(directory: directory.path, newInstance: "b", zone: .gmt).instance == "a")
    }

    @Test func `a state that was closed is one database file, without a log`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: .start)
        try state.store.close()
        let files = try FileManager.default.contentsOfDirectory(atPath: state.directory.path).sorted()
        #expect(files == ["dripd.db", "dripd.fence-2", "dripd.lock"])
        try state.reopen()
        #expect(try await state.store.status().people == 1)
    }

    @Test func `a state is named once and keeps its name`() async throws {
        let state = try await TemporaryStore()
        #expect(state.store.instance == "test")
        try await state.reopen([], now: .start)
        #expect(state.store.instance == "test")
    }

    @Test func `a state of a newer version is refused`() throws {
        let directory = try TemporaryDirectory()
        _ = try Store(directory: directory.path, newInstance: "a", zone: .gmt)
        try write(directory, "INSERT INTO grdb_migrations (identifier) VALUES ('999')")
        #expect(throws: StoreError.newerSchema(path: directory.path + "/dripd.db")) {
            try Store(directory: directory.path, newInstance: "a", zone: .gmt)
        }
    }

    @Test func `the database of another program is refused and stays as it is`() throws {
        let directory = try TemporaryDirectory()
        try write(directory, "PRAGMA application_id = 1; CREATE TABLE theirs (a)")
        #expect(throws: StoreError.notOurs(path: directory.path + "/dripd.db")) {
            try Store(directory: directory.path, newInstance: "a", zone: .gmt)
        }
        let tables = try DatabaseQueue(path: directory.path + "/dripd.db").read { db in
            try String.fetchAll(db, sql: "SELECT name FROM sqlite_master")
        }
        #expect(tables == ["theirs"])
    }

    @Test func `a file that is no database is refused`() throws {
        let directory = try TemporaryDirectory()
        try Data(repeating: 65, count: 4096).write(to: URL(fileURLWithPath: directory.path + "/dripd.db"))
        #expect(throws: StoreError.damaged(path: directory.path + "/dripd.db", why: "file is not a database")) {
            try Store(directory: directory.path, newInstance: "a", zone: .gmt)
        }
    }

    @Test func `a directory that cannot be made is refused`() throws {
        let directory = try TemporaryDirectory()
        try Data().write(to: URL(fileURLWithPath: directory.path + "/file"))
        let error = #expect(throws: StoreError.self) {
            try Store(directory: directory.path + "/file/state", newInstance: "a", zone: .gmt)
        }
        guard case .cannotOpen(directory.path + "/file/state", _) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
    }

    @Test func `the state is its owner's alone`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/state"
        _ = try Store(directory: path, newInstance: "a", zone: .gmt)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o700)
    }

    private func write(_ directory: TemporaryDirectory, _ sql: String) throws {
        let queue = try DatabaseQueue(path: directory.path + "/dripd.db")
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }
}
