import DripStore
import Foundation
import Glibc
import TestSupport
import Testing

@Suite(ServiceFolder.isPossible, .timeLimit(.minutes(2)))
struct RootBackupTests {
    @Test func `root makes a backup of the service's state, for root alone`() async throws {
        let service = try await restored()
        let target = service.directory.path + "/new.db"
        let made = try await Program.run("backup", target, "--state", service.path)
        #expect((made.status, made.errors) == (0, ""))
        #expect(try StateBackupFacts(target) == StateBackupFacts(owner: 0, mode: 0o600, links: 1))
        #expect(try service.owners() == [ServiceFolder.user])
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: service.path)).isSubset(of: [
                "dripd.db", "dripd.db-wal", "dripd.db-shm", "dripd.lock",
            ])
        )
        let again = try await Program.run("restore", target, "--state", service.directory.path + "/again")
        #expect(again.status == 0, "\(again)")
    }

    @Test(
        arguments: [
            "dripd.db-wal", "dripd.db-shm", "dripd.db-journal", "dripd.db.backup.part", "dripd.db.backup.part-journal",
            "dripd.db.backup.part-wal",
        ],
        ServiceFolder.Plant.allCases
    )
    func `what is planted beside the state leads root nowhere`(name: String, plant: ServiceFolder.Plant) async throws {
        let service = try await restored()
        try service.plant(plant, at: name)
        let made = try await Program.run("backup", service.directory.path + "/new.db", "--state", service.path)
        #expect(service.damage == nil, "\(made)")
    }

    @Test(
        arguments: ["x.db", "x.db.part", "x.db.part-journal", "x.db.part-wal", "x.db.part-shm"],
        ServiceFolder.Plant.allCases
    )
    func `what is planted beside the target leads root nowhere`(name: String, plant: ServiceFolder.Plant) async throws {
        let service = try await restored()
        try service.plant(plant, at: name)
        let made = try await Program.run("backup", service.path + "/x.db", "--state", service.path, "--force")
        #expect(service.damage == nil, "\(made)")
        // Into a folder a backup is put under a name of its own.
        if made.status == 0, (name, plant) != ("x.db", .folder) {
            #expect(try StateBackupFacts(service.path + "/x.db") == StateBackupFacts(owner: 0, mode: 0o600, links: 1))
        }
    }

    @Test func `old backups are removed by their names, and nothing behind them`() async throws {
        let service = try await restored()
        let victims = service.directory.path + "/victims"
        try #require(mkdir(victims, 0o700) == 0)
        try Data().write(to: URL(filePath: victims + "/file"))
        let folder = service.path + "/backups"
        try #require(mkdir(folder, 0o700) == 0 && chown(folder, ServiceFolder.user, ServiceFolder.user) == 0)
        try #require(symlink(victims, folder + "/dripd-20200101T000000Z.db") == 0)
        try #require(mkdir(folder + "/dripd-20200102T000000Z.db", 0o700) == 0)
        let made = try await Program.run("backup", folder, "--state", service.path, "--keep", "1")
        #expect(made.status == 1)
        #expect(made.errors == "Error: \(folder)/dripd-20200102T000000Z.db: is a directory\n")
        #expect(FileManager.default.fileExists(atPath: victims + "/file"))
        #expect(FileManager.default.fileExists(atPath: folder + "/dripd-20200102T000000Z.db"))
    }

    @Test func `root replaces no device, and no directory`() async throws {
        let service = try await restored()
        try #require(mknod(service.directory.path + "/null", S_IFCHR | 0o666, 0x103) == 0)
        let made = try await Program.run(
            "backup",
            service.directory.path + "/null",
            "--state",
            service.path,
            "--force"
        )
        #expect(made.status == 1)
        #expect(made.errors.hasSuffix("/null: is not a regular file, so it is not replaced\n"), "\(made.errors)")
    }

    @Test func `the daemon is not run by root on the service's state`() async throws {
        let service = try await restored()
        let configuration = service.directory.path + "/dripd.yaml"
        try FileManager.default.createDirectory(
            atPath: service.directory.path + "/Sequences",
            withIntermediateDirectories: false
        )
        try Data(
            """
            listen: 127.0.0.1:8787
            state_directory: \(service.path)
            control_socket: \(service.directory.path)/control.sock
            sequences: ./Sequences
            messenger:
              app_secret: {file: victim}
              verify_token: {file: token}
              pages:
                - {id: "1", token: {file: token}}

            """.utf8
        ).write(to: URL(filePath: configuration))
        for name in ["victim", "token"] {
            try Data("word".utf8).write(to: URL(filePath: service.directory.path + "/" + name))
        }
        let run = try await Program.run("run", "--config", configuration)
        #expect(run.status == 1)
        #expect(
            run.errors.contains(
                "cannot open \(service.path): it belongs to user 61234, and root does not work in it; start dripd as that user: "
                    + "systemctl start dripd"
            ),
            "\(run.errors)"
        )
    }

    private func restored() async throws -> ServiceFolder {
        let service = try await ServiceFolder()
        let restored = try await Program.run("restore", service.backup, "--state", service.path)
        try #require(restored.status == 0, "\(restored)")
        return service
    }
}

/// Whose a file is.
private struct StateBackupFacts: Equatable {
    let owner: uid_t
    let mode: mode_t
    let links: UInt

    init(owner: uid_t, mode: mode_t, links: UInt) {
        (self.owner, self.mode, self.links) = (owner, mode, links)
    }

    init(_ path: String) throws {
        var facts = stat()
        try #require(lstat(path, &facts) == 0)
        self.init(owner: facts.st_uid, mode: facts.st_mode & 0o7777, links: UInt(facts.st_nlink))
    }
}
