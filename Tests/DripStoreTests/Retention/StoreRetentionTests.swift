import ControlAPI
import DripCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import DripStore

/// docs/personal-data.md says how long each table's rows are kept: a test for each row of it.
@Suite struct StoreRetentionTests {
    private let now = Instant.start

    @Test func `events are kept for 45 days, whether or not others come in`() async throws {
        let state = try await TemporaryStore()
        for number in 0..<1200 { try await state.ingest(.message("\(number)"), now: now) }
        try await state.ingest(.message("later"), now: now + .minutes(1))
        #expect(try await state.store.deleteExpired(now: now + .days(45)).events == 0)
        #expect(try await state.store.deleteExpired(now: now + .days(45) + .seconds(1)).events == 1200)
        #expect(try await count("event", in: state) == 1)
        #expect(try await state.store.status().people == 1)
    }

    @Test func `the hash of an erased event is kept for 45 days, the hash of a person for ever`() async throws {
        let state = try await TemporaryStore()
        try await state.ingest(.message("1"), now: now)
        _ = try await state.store.forget(Event.testPerson, now: now + .hours(1))
        #expect(try await count("forgotten_event", in: state) == 1)
        _ = try await state.store.deleteExpired(now: now + .hours(1) + .days(45))
        #expect(try await count("forgotten_event", in: state) == 1)
        _ = try await state.store.deleteExpired(now: now + .hours(2) + .days(45))
        #expect(try await count("forgotten_event", in: state) == 0)
        #expect(try await count("forgotten", in: state) == 1)
    }

    @Test func `an author whom the platform never named is kept for 30 days`() async throws {
        let game = DripSequence.make(
            "game",
            start: [.comment(CommentRule(contains: [Phrase("share")], post: nil))],
            steps: .care
        )
        let state = try await TemporaryStore([game])
        let comment = Comment(id: "1_9", post: "1_2", text: "share", author: "Lan")
        try await state.ingest(
            .of(.comment(comment), key: "c:1_9", person: Comment.placeholder(for: "1_9")),
            .of(.comment(Comment(id: "1_8", post: "1_2", text: "share", author: "An")), key: "c:1_8", person: "77"),
            now: now
        )
        #expect(try await state.store.status().people == 2)
        let claims = try await state.claim(now: now + .minutes(15))
        for claim in claims { try await state.record(.inDoubt(why: "timeout"), of: claim, now: now + .minutes(15)) }
        #expect(try await state.store.deleteExpired(now: now + .days(30)).unnamedAuthors == 0)
        #expect(try await state.store.deleteExpired(now: now + .days(30) + .seconds(1)).unnamedAuthors == 1)
        #expect(try await state.store.people(limit: 10, after: nil).map(\.person) == ["77"])
        let status = try await state.store.status()
        #expect((status.people, status.underWay, status.inDoubt) == (1, 1, 1))
        #expect(try await count("unnamed_reply", in: state) == 0)
    }

    @Test func `pauses and counts of replies to comments without an author are kept for a day`() async throws {
        let state = try await TemporaryStore()
        let account = state.account
        _ = try await state.store.write { [catalog = state.store.catalog, now] db in
            try UnnamedReplies(db: db, catalog: catalog, now: now).pause(account, "1", .stopped)
        }
        let end = now + .hours(1)
        _ = try await state.store.deleteExpired(now: end + .days(1))
        #expect(try await count("unnamed_pause", in: state) == 1)
        _ = try await state.store.deleteExpired(now: end + .days(1) + .seconds(1))
        #expect(try await count("unnamed_pause", in: state) == 0)
    }

    @Test func `former databases are kept for 30 days, with their logs, and drafts not at all`() async throws {
        let state = try await TemporaryStore()
        try await state.ingest(.message("1"), now: now)
        let directory = state.directory.path
        func put(_ name: String, _ content: String = "SQLite format 3\0…") throws {
            try content.write(toFile: "\(directory)/\(name)", atomically: false, encoding: .utf8)
        }
        let former = ["dripd.db.replaced-20270104T030000Z", "dripd.db.replaced-20270110T030000Z"]
        for name in former { for suffix in ["", "-wal", "-shm"] { try put(name + suffix) } }
        try put("dripd.db.part")
        try put("dripd.db.part-journal", "x")
        try put("backup.db.part")
        try put("notes.part", "the operator's own")
        let report = try await state.store.forget(Event.testPerson, now: now)
        #expect(
            report.setAside == [
                SetAsideFile(path: "\(directory)/\(former[0])", until: try #require(Instant("2027-02-03T03:00:00Z"))),
                SetAsideFile(path: "\(directory)/\(former[1])", until: try #require(Instant("2027-02-09T03:00:00Z"))),
            ]
        )
        #expect(try names(in: state, with: ".part") == ["notes.part"])
        let first = try #require(Instant("2027-02-03T03:00:00Z"))
        #expect(try await state.store.deleteExpired(now: first - .seconds(1)).setAside == [])
        #expect(try await state.store.deleteExpired(now: first).setAside == ["\(directory)/\(former[0])"])
        #expect(
            try names(in: state, with: "replaced") == [former[1], former[1] + "-shm", former[1] + "-wal"]
        )
    }

    @Test func `the next start deletes the draft of a restore that was killed`() async throws {
        let state = try await TemporaryStore()
        let draft = "\(state.directory.path)/dripd.db.part"
        try "SQLite format 3".write(toFile: draft, atomically: false, encoding: .utf8)
        try state.reopen()
        #expect(!FileManager.default.fileExists(atPath: draft))
    }

    @Test func `the log is emptied by an erasure, and where a reader holds it once that lets go`() async throws {
        let state = try await TemporaryStore()
        try await state.ingest(.message("1", text: "Số của em 0912345678"), now: now)
        let reader = try reader(of: state)
        try await reader.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN")
            _ = try Row.fetchAll(db, sql: "SELECT * FROM person")
        }
        #expect(try await state.store.forget(Event.testPerson, now: now).logIsHeld)
        #expect(try bytes(of: "dripd.db-wal", in: state).range(of: Data("84912345678".utf8)) != nil)
        try await reader.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        try reader.close()
        #expect(try await state.store.cleanFiles() == .done)
        for file in ["dripd.db", "dripd.db-wal"] {
            #expect(try bytes(of: file, in: state).range(of: Data("84912345678".utf8)) == nil, "\(file)")
        }
    }

    @Test func `a process that ends before the log is empty leaves that to the next one`() async throws {
        let state = try await TemporaryStore()
        try await state.ingest(.message("1", text: "Số của em 0912345678"), now: now)
        let reader = try reader(of: state)
        try await reader.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN")
            _ = try Row.fetchAll(db, sql: "SELECT * FROM person")
        }
        #expect(try await state.store.forget(Event.testPerson, now: now).logIsHeld)
        try state.store.close()
        try await reader.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
        try reader.close()
        try state.reopen()
        #expect(try bytes(of: "dripd.db-wal", in: state).range(of: Data("84912345678".utf8)) == nil)
        #expect(try await state.store.cleanFiles() == .done)
    }

    /// Another program, which may keep a transaction open.
    private func reader(of state: TemporaryStore) throws -> DatabaseQueue {
        var configuration = GRDB.Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: state.store.path, configuration: configuration)
    }

    private func bytes(of file: String, in state: TemporaryStore) throws -> Data {
        try Data(contentsOf: URL(filePath: "\(state.directory.path)/\(file)"))
    }

    private func names(in state: TemporaryStore, with word: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: state.directory.path).filter { $0.contains(word) }.sorted()
    }

    private func count(_ table: String, in state: TemporaryStore) async throws -> Int {
        try await state.store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }
}
