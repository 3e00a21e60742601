import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import MessengerSandbox
import TestSupport
import Testing

/// A backup that is put in the place of its successor, with the real binary.
@Suite(.timeLimit(.minutes(2))) struct FenceTests {
    private static let sequence = """
        sequence: hello
        title: Hello
        start: [first_message]
        steps:
          - {step: one, after: 1 hour, text: Hello}
          - {step: two, after: 20 hours, text: Again}
        """

    @Test func `a restored copy sends nothing until it is adopted, and nothing twice after that`() async throws {
        let shop = try await Self.backedUp(scale: 1200)
        try await shop.start()
        var status: Status
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing { break }
        // An echo that came to the copy would tell it that the step was sent.
        repeat { status = try await shop.ask("status") } while shop.sandbox.waitingWebhooks > 0
        await shop.end(SIGKILL)
        try shop.copyDatabase(from: "backup", to: "state")

        try await shop.start()
        status = try await shop.ask("status")
        #expect(status.hold?.reason == .olderCopy)
        let report: HoldReport = try await shop.ask("adopt-state")
        #expect(report.steps.map(\.step) == ["one"])
        let listed = try await Program.run("adopt-state", "--control-socket", shop.folder + "/state/control.sock")
        #expect(listed.output.contains("1 step is from before the hold, and may have been sent already:"), "\(listed)")
        let adopted = try await Program.run(
            "adopt-state",
            "--yes",
            "--control-socket",
            shop.folder + "/state/control.sock"
        )
        #expect(
            adopted.output == """
                dripd sends again.
                1 step is from before the hold, and will be skipped (restored).

                """
        )
        repeat { status = try await shop.ask("status") } while status.sums.skipped == 0
        #expect(status.hold == nil)
        let arrived = shop.sandbox.messages(after: 0, of: "1001").filter { $0.direction == .outgoing }
            .compactMap { $0.metadata.flatMap(DeliveryKey.init)?.step }
        #expect(arrived.filter { $0 == "one" }.count == 1)
        #expect(await shop.end(SIGTERM) == 0)
    }

    /// The database file alone is old; the log beside it is that of the daemon that was killed.
    @Test func `an old database file beside the log of a killed daemon sends nothing`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1200)
        try await shop.start()
        try shop.sandbox.write(as: "1001", name: nil, text: "Hello", ref: nil)
        var status: Status
        repeat { status = try await shop.ask("status") } while status.sums.people == 0
        #expect(await shop.end(SIGTERM) == 0)
        let (state, old) = (shop.folder + "/state", shop.folder + "/old.db")
        try FileManager.default.copyItem(atPath: state + "/dripd.db", toPath: old)

        try await shop.start()
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing { break }
        repeat { status = try await shop.ask("status") } while shop.sandbox.waitingWebhooks > 0 || status.sums.sent == 0
        await shop.end(SIGKILL)
        #expect(FileManager.default.fileExists(atPath: state + "/dripd.db-wal"))
        let file = try FileHandle(forWritingTo: URL(filePath: state + "/dripd.db"))
        try file.truncate(atOffset: 0)
        try file.write(contentsOf: try Data(contentsOf: URL(filePath: old)))
        try file.close()

        let sent = shop.sandbox.messages(after: 0, of: "1001").filter { $0.direction == .outgoing }.count
        try await shop.start()
        status = try await shop.ask("status")
        #expect(status.hold?.reason == .olderCopy)
        #expect(shop.log.contains("an old dripd.db was put back beside the log of a newer one: dripd set"))
        #expect(shop.sandbox.messages(after: 0, of: "1001").filter { $0.direction == .outgoing }.count == sent)
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `who stopped or was erased after a backup stays so in the restored state, and that is told`()
        async throws
    {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        try await shop.start()
        for person in ["1001", "1002", "1003"] {
            try shop.sandbox.write(as: person, name: nil, text: "Hello", ref: nil)
        }
        var status: Status
        repeat { status = try await shop.ask("status") } while status.sums.people < 3
        let (state, backup) = (shop.folder + "/state", shop.folder + "/backup.db")
        let socket = state + "/control.sock"
        let made = try await Program.run("backup", backup, "--state", state)
        #expect(made.status == 0, "\(made)")
        for command in [["stop", "1001"], ["forget", "1002", "--yes"]] {
            let done = try await Program.run(["people"] + command + ["--control-socket", socket])
            #expect(done.status == 0, "\(done)")
        }
        #expect(await shop.end(SIGTERM) == 0)
        let restored = try await Program.run("restore", backup, "--state", state)
        #expect(restored.status == 0, "\(restored)")
        try await shop.start()
        let report: HoldReport = try await shop.ask("adopt-state")
        #expect(report.broughtBack == SuppressionReplayReport(stopped: 1, erased: 1))
        let adopted = try await Program.run("adopt-state", "--yes", "--control-socket", socket)
        #expect(adopted.status == 0)
        #expect(adopted.output.contains(": 1 stopped, 1 erased. This applies here again.\n"), "\(adopted)")
        let stopped = try await Program.run("people", "show", "1001", "--control-socket", socket)
        #expect(stopped.output.contains("stopped"), "\(stopped)")
        let erased = try await Program.run("people", "show", "1002", "--control-socket", socket)
        #expect(erased.status == 1, "\(erased)")
        #expect(await shop.end(SIGTERM) == 0)
    }

    /// A shop to which somebody wrote, and whose database was copied before the first step was sent. On a busy machine an
    /// hour may be over by then, and it is tried again with a longer one.
    private static func backedUp(scale: Int64) async throws -> Shop {
        let shop = try await Shop(sequences: ["hello.yaml": sequence], scale: scale)
        try await shop.start()
        try shop.sandbox.write(as: "1001", name: nil, text: "Hello", ref: nil)
        var status: Status
        repeat { status = try await shop.ask("status") } while status.sums.people == 0
        await shop.end(SIGKILL)
        try shop.copyDatabase(from: "state", to: "backup")
        let isSent = shop.sandbox.messages(after: 0, of: "1001").contains { $0.direction == .outgoing }
        return isSent ? try await backedUp(scale: scale / 2) : shop
    }
}

extension Shop {
    /// While no daemon runs: the database and its log, and not the file beside them.
    fileprivate func copyDatabase(from: String, to: String) throws {
        let files = FileManager.default
        try files.createDirectory(atPath: folder + "/" + to, withIntermediateDirectories: true)
        for name in ["dripd.db", "dripd.db-wal", "dripd.db-shm"] {
            let (source, target) = ("\(folder)/\(from)/\(name)", "\(folder)/\(to)/\(name)")
            try? files.removeItem(atPath: target)
            if files.fileExists(atPath: source) { try files.copyItem(atPath: source, toPath: target) }
        }
    }
}
