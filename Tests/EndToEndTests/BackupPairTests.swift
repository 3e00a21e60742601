import ChildProcesses
import DripStore
import Foundation
import GRDB
import Glibc
import TestSupport
import Testing

/// Two `dripd backup` at once, each a process of its own.
@Suite(.timeLimit(.minutes(2))) struct BackupPairTests {
    @Test func `the second backup into one file says so, and the first one becomes whole`() async throws {
        let place = try Place()
        let first = try await place.beginAndStop()
        // It may have been stopped while its draft has a journal.
        let names = place.names
        #expect(names.contains("backup.db.part"))
        let second = try await Program.run("backup", place.file, "--state", place.state)
        #expect(second.status == 1)
        #expect(second.output == "")
        #expect(
            second.errors.contains("another backup is being written to \(place.file): wait until it has ended"),
            "\(second)"
        )
        #expect(place.names == names)
        first.signal(SIGCONT)
        #expect(await first.exit == .status(0))
        #expect(place.names == ["backup.db"])
        #expect(try place.flaws() == ["ok"])

        // One after the other: the file is there.
        let third = try await Program.run("backup", place.file, "--state", place.state)
        #expect(third.status == 1)
        #expect(third.errors.contains("\(place.file) exists already"), "\(third)")
    }

    @Test func `what a backup that was killed has left does not hinder the next one, and goes with it`() async throws {
        let place = try Place()
        let first = try await place.beginAndStop()
        first.signal(SIGKILL)
        #expect(await first.exit == .signal(SIGKILL))
        #expect(place.names.contains("backup.db.part"))
        let second = try await Program.run("backup", place.file, "--state", place.state)
        #expect(second.status == 0, "\(second)")
        #expect(place.names == ["backup.db"])
        #expect(try place.flaws() == ["ok"])
    }

    @Test func `of many backups into one file at once one is whole, and all others say why they are not`() async throws
    {
        let place = try Place()
        let results = try await withThrowingTaskGroup(of: Program.Result.self) { group in
            for _ in 0..<4 {
                group.addTask { try await Program.run("backup", place.file, "--state", place.state) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.filter { $0.status == 0 }.count == 1, "\(results)")
        for result in results where result.status != 0 {
            #expect(
                result.errors.contains("another backup is being written to \(place.file): wait until it has ended")
                    || result.errors.contains("\(place.file) exists already; --force replaces it"),
                "\(result)"
            )
        }
        #expect(place.names == ["backup.db"])
        #expect(try place.flaws() == ["ok"])
    }

    /// A state that no daemon works on, and a folder for backups.
    private struct Place: Sendable {
        private let directory: TemporaryDirectory
        var state: String { directory.path + "/state" }
        private var folder: String { directory.path + "/backups" }
        var file: String { folder + "/backup.db" }

        init() throws {
            directory = try TemporaryDirectory()
            let store = try Store(directory: directory.path + "/state", newInstance: "test", zone: .gmt)
            try store.close()
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        }

        var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() }

        func flaws() throws -> [String] {
            let database = try DatabaseQueue(path: file)
            return try database.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
        }

        /// Begins a backup, and stops it once it has begun its file: it waits for the database, which is locked until then.
        func beginAndStop() async throws -> ChildProcess {
            var configuration = Configuration()
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
            let lock = try DatabaseQueue(path: state + "/dripd.db", configuration: configuration)
            try await lock.write { try $0.execute(sql: "UPDATE meta SET value = value") }
            let process = try ChildProcess(
                Program.url.path,
                ["backup", file, "--state", state],
                output: directory.path + "/output",
                errors: directory.path + "/errors"
            )
            while !FileManager.default.fileExists(atPath: file + ".part") {
                try Task.checkCancellation()
                await Task.yield()
            }
            process.suspend()
            try lock.close()
            return process
        }
    }
}
