import ControlAPI
import DripCore
import Foundation
import GRDB
import Glibc
import SafeFiles
import TestSupport
import Testing

@testable import DripStore

@Suite struct StateBackupTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    @Test func `a backup is made while the state is at work, and is whole`() async throws {
        let state = try await enrolled()
        var shares: [Double] = []
        let report = try StateBackup.make(
            of: state.directory.path,
            at: state.backup,
            overwriting: false,
            now: now
        ) { shares.append($0) }
        #expect((report.sums.people, report.sums.underWay, report.at) == (1, 1, now))
        #expect(shares.last == 1)
        #expect(try FileManager.default.attributesOfItem(atPath: state.backup)[.posixPermissions] as? Int == 0o600)
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: state.directory.path)).intersection([
                "backup.db.part", "backup.db-wal", "backup.db-journal",
            ]).isEmpty
        )
        try await state.send(now: due)
        #expect(try await state.ledger() == ["hello sent"])
    }

    @Test func `what is written meanwhile does not have a backup start over`() async throws {
        let state = try await enrolled()
        let pool = state.store.pool
        // Some steps long.
        try await pool.write {
            try $0.execute(sql: "INSERT INTO meta (name, value) VALUES ('large', hex(randomblob(10000000)))")
        }
        var shares: [Double] = []
        _ = try StateBackup.make(of: state.directory.path, at: state.backup, overwriting: false, now: now) { share in
            shares.append(share)
            guard shares.count < 20 else { return }
            try? pool.write { try $0.execute(sql: "UPDATE meta SET value = value || 'x' WHERE name = 'instance'") }
        }
        #expect(shares.count == 5)
        #expect(shares == shares.sorted())
        // It has nothing of what came after it began.
        let copy = try DatabaseQueue(path: state.backup)
        let instance = try await copy.read {
            try String.fetchOne($0, sql: "SELECT value FROM meta WHERE name = 'instance'")
        }
        #expect(instance == state.store.instance)
    }

    @Test func `a file that is there stays, unless it is to be replaced`() async throws {
        let state = try await enrolled()
        try state.makeBackup(at: now)
        #expect(throws: BackupError.exists(state.backup)) { try state.makeBackup(at: now) }
        try await state.ingest(.message("2", from: "9"), now: now)
        let report = try StateBackup.make(
            of: state.directory.path,
            at: state.backup,
            overwriting: true,
            now: now
        ) { _ in }
        #expect(report.sums.people == 2)
    }

    @Test func `a damaged database makes no backup, and leaves the earlier one as it is`() async throws {
        let state = try await enrolled()
        try state.makeBackup(at: now)
        let before = try Data(contentsOf: URL(filePath: state.backup))
        try state.store.close()
        try state.damage()
        #expect(throws: StoreError.self) {
            try StateBackup.make(of: state.directory.path, at: state.backup, overwriting: true, now: now) { _ in }
        }
        #expect(try Data(contentsOf: URL(filePath: state.backup)) == before)
        #expect(!FileManager.default.fileExists(atPath: state.backup + ".part"))
    }

    @Test(arguments: [0.3, 0.5, 0.9]) func `one damaged page makes no backup`(place: Double) async throws {
        let state = try await enrolled()
        for person in 1...300 { try await state.ingest(.message("m\(person)", from: "m\(person)"), now: now) }
        try await state.store.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try state.store.close()
        let page = Int(Double(try state.pages()) * place)
        try state.overwrite(pages: page..<page + 1)
        #expect(throws: StoreError.self) { try state.makeBackup(at: now) }
        #expect(!FileManager.default.fileExists(atPath: state.backup))
    }

    @Test func `what is restored is on hold, and what was there is kept`() async throws {
        let state = try await enrolled()
        try state.makeBackup(at: now + .minutes(1))
        try await state.send(now: due)
        try state.store.close()
        let (report, former) = try StateBackup.restore(state.backup, to: state.directory.path, stamp: "x") { _ in }
        #expect(report.sums.sent == 0)
        #expect(former == state.directory.path + "/dripd.db.replaced-x")

        try await state.reopen([.make(steps: .care)], now: due)
        _ = try await state.store.recover(now: due)
        #expect(state.store.hold == Hold(reason: .restored, copiedAt: now + .minutes(1), noticedAt: due))
        #expect(try await state.claim(now: due).isEmpty)

        let kept = try DatabaseQueue(path: try #require(former))
        #expect(try await kept.read { try String.fetchAll($0, sql: "SELECT state FROM delivery") } == ["sent"])
    }

    @Test func `a backup goes to another machine, on hold as well`() async throws {
        let state = try await enrolled()
        try state.makeBackup(at: now)
        let other = try TemporaryDirectory()
        let (_, former) = try StateBackup.restore(state.backup, to: other.path + "/state", stamp: "x") { _ in }
        #expect(former == nil)
        let store = try Store(directory: other.path + "/state", newInstance: "new", zone: .hoChiMinh)
        #expect(store.hold?.reason == .restored)
        #expect(store.instance == "test")
    }

    @Test func `nothing is restored under a daemon's feet`() async throws {
        let state = try await enrolled()
        try state.makeBackup(at: now)
        #expect(throws: StoreError.inUse(directory: state.directory.path, process: "\(getpid())")) {
            try StateBackup.restore(state.backup, to: state.directory.path, stamp: "x") { _ in }
        }
    }

    @Test func `what is no whole backup of dripd is not restored, and what was there stays`() async throws {
        let state = try await enrolled()
        try state.makeBackup(at: now)
        try state.store.close()
        let whole = try Data(contentsOf: URL(filePath: state.backup))
        for bytes in [Data("garbage".utf8), whole.prefix(whole.count / 2), Data()] {
            try bytes.write(to: URL(filePath: state.backup))
            #expect(throws: StoreError.self, "\(bytes.count) bytes") {
                try StateBackup.restore(state.backup, to: state.directory.path, stamp: "x") { _ in }
            }
        }
        try state.reopen()
        #expect(state.store.hold == nil)
        #expect(try await state.store.status().people == 1)
    }

    @Test(arguments: ["", "-"])
    func `what is no file's name makes no backup`(path: String) async throws {
        let state = try await enrolled()
        #expect(throws: BackupError.notAFileName(path)) {
            try StateBackup.make(of: state.directory.path, at: path, overwriting: true, now: now) { _ in }
        }
    }

    /// A name of one character ended the program, in Foundation.
    @Test(arguments: ["x", "xy", "/x", "/tmp/x", "./x"])
    func `the directory of a name is on the disk, however short the name`(path: String) throws {
        try StoreFile.syncDirectory(of: path)
    }

    @Test func `a second backup into the same file says that another one is under way, and leaves it alone`()
        async throws
    {
        let state = try await enrolled()
        let other = try DraftFile(in: OpenDirectory(state.directory.path), for: "backup.db")
        #expect(throws: BackupError.underWay(state.backup)) { try state.makeBackup(at: now) }
        #expect(FileManager.default.fileExists(atPath: state.backup + ".part"))
        other.end()
        #expect(!FileManager.default.fileExists(atPath: state.backup + ".part"))
        try state.makeBackup(at: now)
    }

    @Test func `what a backup that was killed has left is in nobody's way, and is removed`() async throws {
        let state = try await enrolled()
        let folder = state.directory.path + "/backups"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        for name in ["a.db.part", "a.db.part-journal", "b.db.part", "other.part"] {
            try Data("half".utf8).write(to: URL(filePath: folder + "/" + name))
        }
        let atWork = try DraftFile(in: OpenDirectory(folder), for: "c.db")
        _ = try StateBackup.make(of: state.directory.path, at: folder + "/a.db", overwriting: false, now: now) { _ in }
        try StateBackup.removeLeftovers(in: folder) { $0.hasSuffix(".db") }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a.db", "c.db.part", "other.part"]
        )
        atWork.end()
    }

    private func enrolled() async throws -> TemporaryStore {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: now)
        _ = try await state.store.recover(now: now)
        return state
    }
}

extension TemporaryStore {
    fileprivate var backup: String { directory.path + "/backup.db" }

    fileprivate func makeBackup(at now: Instant) throws {
        _ = try StateBackup.make(of: directory.path, at: backup, overwriting: false, now: now) { _ in }
    }
}
