import Channels
import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import GRDB
import MessengerSandbox
import TestSupport
import Testing

/// The disk fails under the real daemon while people write and messages come due: nothing is lost, nothing comes twice, it
/// says so, and it goes on by itself.
@Suite(.timeLimit(.minutes(3))) struct DiskTests {
    private static let sequence = """
        sequence: hours
        title: Some hours of care
        start: [first_message]
        steps:
          - {step: one, after: 10 min, text: One}
          - {step: two, after: 1 hour, text: Two}
          - {step: three, after: 2 hours, text: Three}
        """

    private static func shop() async throws -> Shop {
        try await Shop(sequences: ["hours.yaml": sequence], scale: 1200)
    }

    /// - Parameters:
    ///   - said: what the log says meanwhile.
    ///   - obstacle: what `/readyz` says, if something else.
    private static func check(
        _ shop: Shop,
        saying said: String,
        obstacle: String? = nil,
        breaking: () async throws -> Void,
        mending: () async throws -> Void
    ) async throws {
        try shop.sandbox.write(as: "1001", name: nil, text: "Hello", ref: nil)
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing { break }
        try await breaking()
        // More than once: a log that was begun anew has room in itself for some messages.
        repeat {
            try shop.sandbox.write(as: "1002", name: nil, text: "Hello", ref: nil)
            try await Task.sleep(for: .milliseconds(100))
        } while !shop.log.contains(said)
        // An answer of before is given again for a second.
        var readiness: HTTPResponse
        repeat { readiness = try await shop.get("/readyz") } while readiness.status == 200
        #expect(readiness.status == 503)
        let obstacles = String(decoding: readiness.body, as: UTF8.self)
        #expect(obstacles.contains(obstacle ?? said), "\(obstacles)")
        #expect(try await shop.get("/healthz").status == 200)
        try await mending()
        var status: Status
        repeat { status = try await shop.ask("status") } while status.sums.sent < 6
        #expect((status.sums.sent, status.sums.skipped, status.sums.failed, status.sums.inDoubt) == (6, 0, 0, 0))
        for person in ["1001", "1002"] {
            let arrived = shop.sandbox.messages(after: 0, of: person).filter { $0.direction == .outgoing }
                .compactMap { $0.metadata.flatMap(DeliveryKey.init)?.step }
            #expect(arrived == ["one", "two", "three"], "\(person)")
        }
        // An answer is given again for a second.
        while try await shop.get("/readyz").status != 200 {}
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `a limit on the size of its files is a full disk`() async throws {
        let shop = try await Self.shop()
        // The log of the start that makes the tables is longer than what is in it later.
        try await shop.start()
        #expect(await shop.end(SIGTERM) == 0)
        try await shop.start()
        try await Self.check(shop, saying: "disk I/O error; is the disk full") {
            // Not less than it has already: what a checkpoint writes over stays within it.
            try await shop.limit("fsize=\(try shop.size(of: "dripd.db-wal")):")
        } mending: {
            try await shop.limit("fsize=unlimited:")
        }
    }

    @Test func `a database that another program holds is waited for`() async throws {
        let shop = try await Self.shop()
        try await shop.start()
        var configuration = GRDB.Configuration()
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(5)
        let other = try DatabaseQueue(path: shop.folder + "/state/dripd.db", configuration: configuration)
        // SQLite waits longer for the other than whoever asks is to wait.
        try await Self.check(shop, saying: "database is locked; is", obstacle: "the store does not answer") {
            try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        } mending: {
            try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        }
    }

    @Test func `a file system that the kernel has made read-only is waited for`() async throws {
        let shop = try await Self.shop()
        let library = try await PreloadedLibrary.build("Disk/failing-disk.c", in: shop.directory)
        let failing = shop.folder + "/failing"
        try await shop.start(environment: ["LD_PRELOAD": library, "FAILING_DISK": failing])
        try await Self.check(shop, saying: "disk I/O error; is the disk full") {
            try Data().write(to: URL(filePath: failing))
        } mending: {
            try FileManager.default.removeItem(atPath: failing)
        }
    }

    @Test(OwnMounts.arePermitted) func `a full disk is waited for`() async throws {
        let shop = try await Self.shop()
        let disk = try OwnDisk(of: shop)
        // More than the log has before SQLite begins it anew.
        try await shop.start(by: disk.launcher(options: "size=8m"))
        try await Self.check(shop, saying: "database or disk is full; is the disk full") {
            try disk.fill()
        } mending: {
            try disk.makeRoom()
        }
    }

    // MARK: From the start

    @Test(OwnMounts.arePermitted, arguments: ["size=100k", "ro"])
    func `a disk that is full or read-only from the start is refused`(options: String) async throws {
        let shop = try await Self.shop()
        let disk = try OwnDisk(of: shop)
        #expect(try await shop.refusal(by: disk.launcher(options: options)) == 1)
        let why = options == "ro" ? "dripd.lock: Read-only file system" : "dripd.db: database or disk is full"
        let said =
            "Error: cannot write to \(disk.path)/\(why); is the disk full, mounted read-only, or the file locked by"
        #expect(
            shop.log.hasPrefix(said + " another program? Check with `df -h`, `findmnt -T` and `fuser -v`"),
            "\(shop.log)"
        )
    }

    @Test func `a state that another program holds from the start is refused`() async throws {
        let shop = try await Self.shop()
        try await shop.start()
        #expect(await shop.end(SIGTERM) == 0)
        var configuration = GRDB.Configuration()
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(5)
        let other = try DatabaseQueue(path: shop.folder + "/state/dripd.db", configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN EXCLUSIVE") }
        #expect(try await shop.refusal() == 1)
        #expect(shop.log.contains("/state/dripd.db: database is locked; is the disk full"), "\(shop.log)")
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try await shop.start()
        #expect(await shop.end(SIGTERM) == 0)
    }
}

extension Shop {
    fileprivate func size(of file: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: folder + "/state/" + file)[.size] as? Int ?? 0
    }
}
