import ControlAPI
import DripEngine
import Foundation
import MessengerSandbox
import TestSupport
import Testing

/// Starting, reloading and refusing, with the real binary.
@Suite(.timeLimit(.minutes(2))) struct RunningTests {
    private static let sequence = """
        sequence: hello
        title: Hello
        start: [manual]
        steps:
          - {step: one, after: 15 min, text: Hello}
        """

    @Test func `a second daemon on the same state is refused`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        try await shop.start()
        let second = try await Program.run("run", "--config", shop.configuration)
        #expect(second.status == 1)
        #expect(second.errors.contains("is using \(shop.folder)/state; stop it first"), "\(second)")
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `a reload with a bad file keeps the good ones in force and says so`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        try await shop.start()
        try shop.write("sequence: bad\n", to: "Sequences/bad.yaml")
        shop.hangUp()
        var status: Status = try await shop.ask("status")
        while status.refused == nil { status = try await shop.ask("status") }
        #expect(status.sequences == ["hello"])
        try shop.write(Self.sequence.replacing("hello", with: "bad"), to: "Sequences/bad.yaml")
        shop.hangUp()
        while status.refused != nil { status = try await shop.ask("status") }
        #expect(status.sequences == ["bad", "hello"])
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `no thread is there that libdispatch looks after once a second`() async throws {
        let sequence = Self.sequence.replacing("[manual]", with: "[first_message]")
        let shop = try await Shop(sequences: ["hello.yaml": sequence], scale: 1200)
        try await shop.start()
        try shop.sandbox.write(as: "1001", name: nil, text: "Hello", ref: nil)
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing { break }
        shop.hangUp()
        let _: Status = try await shop.ask("status")
        // On a busy machine one may have its name a moment later.
        try await shop.hasThread("dripd-task")
        let threads = try shop.threadNames
        // They are named by their priority, as `com.apple.root.default-qos`; those of queues end in `.overcommit`.
        #expect(threads.filter { $0.hasSuffix("-qos") } == [])
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `the state belongs to its owner alone`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        try await shop.start()
        for name in ["dripd.db", "dripd.db-wal", "dripd.lock", "control.sock"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: shop.folder + "/state/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
        #expect(await shop.end(SIGTERM) == 0)
        #expect(!FileManager.default.fileExists(atPath: shop.folder + "/state/control.sock"))
    }

    @Test func `files with faults keep the daemon from starting`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": "sequence: hello\nstpes: []\n"], scale: 1)
        let result = try await Program.run("run", "--config", shop.configuration)
        #expect(result.status == 1)
        #expect(
            result.errors.contains("hello.yaml:2:1: error: unknown key 'stpes' in a sequence; did you mean 'steps'?"),
            "\(result)"
        )
    }

    @Test func `a fast clock is refused while the platform is the real one`() async throws {
        let directory = try TemporaryDirectory()
        _ = try await Program.run("init", directory.path)
        let result = try await Program.run(
            "run",
            "--config",
            directory.path + "/dripd.yaml",
            "--time-scale",
            "10"
        )
        #expect(result.status == 1)
        #expect(
            result.errors == """
                Error: --time-scale and --time-epoch are for trials: graph_url must be on a loopback address, but is \
                https://graph.facebook.com/v25.0

                """
        )
    }
}
