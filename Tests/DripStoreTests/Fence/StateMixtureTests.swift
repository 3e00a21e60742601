import DripCore
import Foundation
import GRDB
import Glibc
import TestSupport
import Testing

@testable import DripStore

/// Single files of an older copy that are put back beside the newer ones of a dripd that was killed.
@Suite struct StateMixtureTests {
    private static let due = Instant.start + .minutes(15)

    /// How files of an older copy come back. `$state` and `$copy` are the directories.
    struct Way: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let putBack: String
    }

    static let ways = [
        Way(testDescription: "the database, over the file", putBack: "cp $copy/dripd.db $state/dripd.db"),
        Way(
            testDescription: "the database, as another file",
            putBack: "cp $copy/dripd.db $state/n; mv $state/n $state/dripd.db"
        ),
        Way(
            testDescription: "the database and its shared memory",
            putBack: "cp $copy/dripd.db $state/; cp $copy/dripd.db-shm $state/ || true"
        ),
        Way(testDescription: "the log", putBack: "cp $copy/dripd.db-wal $state/ || cp $copy/dripd.db $state/"),
        Way(testDescription: "no log", putBack: "rm -f $state/dripd.db-wal"),
        Way(testDescription: "no log and no shared memory", putBack: "rm -f $state/dripd.db-wal $state/dripd.db-shm"),
        Way(
            testDescription: "all but the fence file, over the files",
            putBack: "for f in $copy/dripd.db*; do cat $f > $state/${f##*/}; done"
        ),
        Way(testDescription: "all of it, as cp -a does", putBack: "cp -a $copy/. $state/"),
        Way(
            testDescription: "the fence file alone, and the database",
            putBack: "cp -a $copy/dripd.fence* $copy/dripd.db $state/"
        ),
    ]

    /// - Parameter isLive: the copy was made of a dripd at work, else of one that had ended.
    @Test(arguments: ways, [false, true])
    func `files of an older copy beside those of a dripd that was killed send nothing`(
        way: Way,
        isLive: Bool
    )
        async throws
    {
        let state = try await started()
        let scratch = try TemporaryDirectory()
        if isLive {
            try await state.run("cp -a $state $copy", scratch)
            // Begun anew, the log has no page any more that was written before.
            try await growLog(of: state)
        } else {
            try state.store.close()
            try await state.run("cp -a $state $copy", scratch)
            try await state.reopen([.make(steps: .care)], now: .start)
        }
        try await state.send(now: Self.due)
        try await kill(state, scratch)

        try await state.run(way.putBack, scratch)
        try await state.reopen([.make(steps: .care)], now: Self.due)
        _ = try await state.store.recover(now: Self.due)
        #expect(state.store.hold != nil)
        #expect(try await state.claim(now: Self.due).isEmpty)
        #expect(try await state.store.pool.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") } == ["ok"])

        _ = try await state.store.adoptState(sendingMissed: false, now: Self.due)
        try await state.reopen([.make(steps: .care)], now: Self.due)
        #expect(state.store.hold == nil)
        #expect(try await state.claim(now: Self.due).isEmpty)
    }

    @Test(arguments: [
        "sqlite3 $state/dripd.db \".backup '$copy.db'\"", "sqlite3 $state/dripd.db \"VACUUM INTO '$copy.db'\"",
        "cp $state/dripd.db $copy.db",
    ])
    func `a copy of the database that a tool made comes back over that of a dripd that was killed`(
        tool: String
    )
        async throws
    {
        let state = try await started()
        let scratch = try TemporaryDirectory()
        try state.store.close()
        try await state.run(tool, scratch)
        try await state.reopen([.make(steps: .care)], now: .start)
        try await state.send(now: Self.due)
        try await kill(state, scratch)
        try await state.run("cat $copy.db > $state/dripd.db", scratch)
        try await state.reopen([.make(steps: .care)], now: Self.due)
        #expect(state.store.hold?.reason == .olderCopy)
        #expect(state.store.logSetAside?.hasPrefix(state.directory.path + "/dripd.db-wal.set-aside-") == true)
        #expect(try await state.ledger() == [])
        #expect(try await state.claim(now: Self.due).isEmpty)
    }

    @Test func `a backup of ours that is written over the database of a dripd that was killed is held`() async throws {
        let state = try await started()
        let scratch = try TemporaryDirectory()
        let backup = scratch.path + "/backup.db"
        _ = try StateBackup.make(of: state.directory.path, at: backup, overwriting: false, now: .start) { _ in }
        try await state.reopen([.make(steps: .care)], now: .start)
        try await state.send(now: Self.due)
        try await kill(state, scratch)
        try await state.run("cat \(backup) > $state/dripd.db", scratch)
        try await state.reopen([.make(steps: .care)], now: Self.due)
        #expect(state.store.hold?.reason == .olderCopy)
        #expect(try await state.claim(now: Self.due).isEmpty)
    }

    /// The log has every page that was written since: with it, the older file is the newer one.
    @Test func `a database file from the same log is whole with it, and goes on`() async throws {
        let state = try await started()
        let scratch = try TemporaryDirectory()
        try await state.run("cp $state/dripd.db $copy.db", scratch)
        try await state.send(now: Self.due)
        try await kill(state, scratch)
        try await state.run("cat $copy.db > $state/dripd.db", scratch)
        try await state.reopen([.make(steps: .care)], now: Self.due)
        #expect(state.store.hold == nil)
        #expect(try await state.ledger() == ["hello sent"])
    }

    @Test func `a dripd that was killed goes on, however often its log was begun anew`() async throws {
        let state = try await started()
        let scratch = try TemporaryDirectory()
        for _ in 0..<3 {
            try await growLog(of: state)
            try await kill(state, scratch)
            try await state.reopen([.make(steps: .care)], now: .start)
            #expect(state.store.hold == nil)
            #expect(state.store.logSetAside == nil)
        }
        try await state.send(now: Self.due)
        #expect(try await state.ledger() == ["hello sent"])
    }

    /// A loss of power in the middle of a checkpoint: any of the log's pages may be in the database file, or half of one.
    @Test func `a checkpoint that was cut off at any page is no older copy`() async throws {
        let state = try await started()
        let scratch = try TemporaryDirectory()
        let before = try Data(contentsOf: URL(filePath: state.database))
        try await state.send(now: Self.due)
        try await kill(state, scratch)
        let log = try Data(contentsOf: URL(filePath: state.database + "-wal"))
        // What is left of an earlier log has another salt.
        let frames = (0..<(log.count - 32) / (24 + 4096)).prefix { frame in
            let start = 32 + frame * (24 + 4096)
            return log[(start + 8)..<(start + 16)] == log[16..<24]
        }.count
        #expect(frames > 3)
        for written in 0...frames {
            for torn in [0, 512, 2048, 3584] {
                var file = before
                for frame in 0..<min(written + 1, frames) {
                    let start = 32 + frame * (24 + 4096)
                    let page = log[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
                    let length = frame < written ? 4096 : torn
                    let place = (page - 1) * 4096
                    if file.count < place + length { file.append(Data(count: place + length - file.count)) }
                    file.replaceSubrange(place..<place + length, with: log[(start + 24)..<(start + 24 + length)])
                }
                try file.write(to: URL(filePath: scratch.path + "/dripd.db"))
                try log.write(to: URL(filePath: scratch.path + "/dripd.db-wal"))
                var fence = FenceFile(directory: state.directory.path, instance: "test")
                _ = try fence.read()
                let found = try DatabaseLog(database: scratch.path + "/dripd.db").setAsideIfForeign(fence)
                #expect(found == nil, "after \(written) pages and \(torn) bytes")
                fence.release()
            }
        }
    }

    @Test func `a row that a loss of power tore tells nothing`() async throws {
        let state = try await started()
        let scratch = try TemporaryDirectory()
        try state.reopen()
        try state.store.close()
        let newer = try DatabaseQueue(path: state.database)
        try await newer.write { try $0.execute(sql: "UPDATE fence SET epoch = 0") }
        try await newer.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try await newer.write { try $0.execute(sql: "UPDATE fence SET epoch = 2") }
        try await state.run("cp $state/dripd.db* $state/dripd.fence* $(dirname $copy)", scratch)
        var fence = FenceFile(directory: state.directory.path, instance: "test")
        _ = try fence.read()
        #expect(fence.base == 3)
        #expect(try DatabaseLog(database: scratch.path + "/dripd.db").setAsideIfForeign(fence) == nil)
        fence.release()
    }

    /// Its database has no column by which its own epoch is told, and its fence file no base.
    @Test func `the log of an earlier dripd that was killed stays beside its database`() async throws {
        let state = try await started()
        let scratch = try TemporaryDirectory()
        try state.store.close()
        let earlier = try DatabaseQueue(path: state.database)
        try await earlier.write { db in
            try db.execute(sql: "ALTER TABLE fence DROP COLUMN epoch_negated")
        }
        try await earlier.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        try await earlier.write { try $0.execute(sql: "UPDATE fence SET epoch = 7") }
        try await state.run("cp $state/dripd.db* $(dirname $copy)", scratch)
        var fence = FenceFile(directory: scratch.path, instance: "test")
        try fence.make(epoch: 7)
        _ = try fence.read()
        #expect((fence.epoch, fence.base) == (7, 0))
        let log = DatabaseLog(database: scratch.path + "/dripd.db")
        #expect(log.header()?.isEmpty == false)
        #expect(try log.setAsideIfForeign(fence) == nil)
        fence.release()
    }

    private func started() async throws -> TemporaryStore {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: .start)
        _ = try await state.store.recover(now: .start)
        return state
    }

    /// Until SQLite has copied the log and begun it anew.
    private func growLog(of state: TemporaryStore) async throws {
        let log = DatabaseLog(database: state.database)
        try await state.store.proveWritable(now: .start)
        let header = log.header()
        #expect(header?.isEmpty == false)
        while log.header() == header {
            try await state.store.write { db in
                try db.execute(sql: "DELETE FROM meta WHERE name LIKE 'ballast%'")
                for number in 0..<64 {
                    try db.execute(
                        sql: "INSERT INTO meta (name, value) VALUES (?, hex(randomblob(1500)))",
                        arguments: ["ballast\(number)"]
                    )
                }
            }
        }
    }

    /// What `kill -9` leaves: the files as they are, and no process that has them open.
    private func kill(_ state: TemporaryStore, _ scratch: TemporaryDirectory) async throws {
        try await state.run("rm -rf $copy.killed; mkdir $copy.killed; cp $state/dripd.db* $copy.killed/", scratch)
        try state.store.close()
        try await state.run("for f in $copy.killed/*; do cat $f > $state/${f##*/}; done", scratch)
    }
}

extension TemporaryStore {
    fileprivate var database: String { directory.path + "/dripd.db" }
}
