import DripCore
import DripEngine
import DripStore
import Foundation
import MessengerSandbox
import TestSupport
import Testing

/// A daemon that may open no more files, with the real binary.
@Suite(.timeLimit(.minutes(2))) struct DescriptorTests {
    private static let sequence = """
        sequence: hello
        title: Hello
        start: [first_message]
        steps:
          - {step: one, after: 1 hour, text: Hello}
        """

    @Test func `without a descriptor for the platform the page pauses, and the message arrives once there is one`()
        async throws
    {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1200)
        try await shop.start()
        try shop.sandbox.write(as: "1001", name: nil, text: "Hello", ref: nil)
        var status: Status = try await shop.ask("status")
        while status.sums.people == 0 { status = try await shop.ask("status") }
        // Below what it has open already: the next one is refused.
        try await shop.limitDescriptors(to: 8)
        while !shop.log.contains("the page pauses") { await Task.yield() }
        try await shop.limitDescriptors(to: 256)
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing { break }
        repeat { status = try await shop.ask("status") } while status.sums.sent == 0
        #expect((status.sums.sent, status.sums.failed, status.sums.inDoubt) == (1, 0, 0))
        #expect(shop.sandbox.messages(after: 0, of: "1001").filter { $0.direction == .outgoing }.count == 1)
        #expect(await shop.end(SIGTERM) == 0)
    }
}

extension Shop {
    /// How many files the running daemon may have open.
    fileprivate func limitDescriptors(to count: Int) async throws {
        let limit = try ChildProcess(
            "/usr/bin/prlimit",
            ["--pid", "\(try processID)", "--nofile=\(count):"],
            output: folder + "/prlimit",
            errors: folder + "/prlimit"
        )
        #expect(await limit.exit == .status(0))
    }
}
