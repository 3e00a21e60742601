import Foundation
import Glibc
import TestSupport
import Testing

/// What root's commands meet in directories of the service's user.
@Suite(ServiceFolder.isPossible, .timeLimit(.minutes(2)))
struct RootRestoreTests {
    @Test func `root restores into the service's directory, and everything in it stays the service's`() async throws {
        let service = try await ServiceFolder()
        for _ in 0..<2 {
            let restored = try await Program.run("restore", service.backup, "--state", service.path)
            #expect((restored.status, restored.errors) == (0, ""))
            #expect(restored.output.hasPrefix("\(service.path)  "))
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: service.path)
        #expect(Set(names.map { $0.split(separator: "-")[0] }) == ["dripd.db", "dripd.db.replaced", "dripd.lock"])
        #expect(try service.owners() == [ServiceFolder.user])
    }

    @Test(arguments: ServiceFolder.Plant.allCases)
    func `a lock that is no file of its own is not opened`(plant: ServiceFolder.Plant) async throws {
        let service = try await ServiceFolder()
        try service.plant(plant, at: "dripd.lock")
        let restored = try await Program.run("restore", service.backup, "--state", service.path)
        #expect(service.damage == nil)
        #expect(restored.status == 1)
        #expect(restored.errors.hasPrefix("Error: cannot open \(service.path)/dripd.lock: "), "\(restored.errors)")
    }

    @Test(
        arguments: [
            "dripd.db", "dripd.db-wal", "dripd.db-shm", "dripd.db-journal", "dripd.db.part", "dripd.db.part-wal",
            "dripd.db.part-journal", "dripd.db.part-shm", "dripd.fence",
        ],
        ServiceFolder.Plant.allCases
    )
    func `whatever else is planted leads root nowhere`(name: String, plant: ServiceFolder.Plant) async throws {
        let service = try await ServiceFolder()
        try service.plant(plant, at: name)
        let restored = try await Program.run("restore", service.backup, "--state", service.path)
        #expect(service.damage == nil, "\(restored)")
        let wasMade = try service.owners().subtracting([ServiceFolder.user])
        #expect(wasMade.isEmpty || plant == .secondName, "\(restored)")
    }

    @Test func `a backup that the service's user planted shows nothing of root's`() async throws {
        let service = try await ServiceFolder()
        let other = service.directory.path + "/other"
        try #require(symlink(service.backup, service.path + "/link.db") == 0)
        try #require(lchown(service.path + "/link.db", ServiceFolder.user, ServiceFolder.user) == 0)
        try #require(link(service.backup, service.path + "/second.db") == 0)
        try #require(mkfifo(service.path + "/pipe.db", 0o644) == 0)
        let why = [
            "link.db": "'link.db' is a symbolic link that user 61234 controls, and root does not follow it",
            "second.db": "has 2 names (hard links), so it is not used",
            "pipe.db": "is not a regular file",
        ]
        for (name, why) in why {
            let restored = try await Program.run("restore", service.path + "/" + name, "--state", other)
            #expect((restored.status, restored.errors) == (1, "Error: cannot open \(service.path)/\(name): \(why)\n"))
        }
        #expect(!FileManager.default.fileExists(atPath: other + "/dripd.db"))
    }

    @Test func `a directory that the service's user has exchanged for a link is not restored into`() async throws {
        let service = try await ServiceFolder()
        let ours = service.directory.path + "/ours"
        try #require(mkdir(ours, 0o700) == 0)
        try #require(symlink(ours, service.path + "/state") == 0)
        try #require(lchown(service.path + "/state", ServiceFolder.user, ServiceFolder.user) == 0)
        for path in [service.path + "/state", service.path + "/state/new"] {
            let restored = try await Program.run("restore", service.backup, "--state", path)
            #expect(restored.status == 1)
            #expect(restored.errors.contains("'state' is a symbolic link that user 61234 controls"))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: ours) == [])
    }

    @Test func `a directory of root's in which others may write is not restored into`() async throws {
        let service = try await ServiceFolder()
        let shared = service.directory.path + "/shared"
        try #require(mkdir(shared, 0o700) == 0 && chmod(shared, 0o777) == 0)
        let restored = try await Program.run("restore", service.backup, "--state", shared)
        let why = "cannot open \(shared): other users may write to root's directory; chmod go-w \(shared)"
        #expect((restored.status, restored.errors) == (1, "Error: \(why)\n"))
    }

    /// A state that was killed has part of itself in the log.
    @Test func `a state that was set aside is restored with its log`() async throws {
        let service = try await ServiceFolder()
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: .start)
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(
                atPath: state.directory.path + "/dripd.db" + suffix,
                toPath: service.path + "/old.db" + suffix
            )
            try #require(chown(service.path + "/old.db" + suffix, ServiceFolder.user, ServiceFolder.user) == 0)
        }
        let restored = try await Program.run("restore", service.path + "/old.db", "--state", service.path)
        #expect(restored.status == 0, "\(restored)")
        #expect(restored.output.contains("people       1, enrollments under way 1 of 1"))
    }
}
