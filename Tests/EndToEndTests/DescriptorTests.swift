import Channels
import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import MessengerSandbox
import TestSupport
import Testing

/// A daemon that may open no more connections, with the real binary.
@Suite(.timeLimit(.minutes(2))) struct DescriptorTests {
    private static let sequence = """
        sequence: hello
        title: Hello
        start: [first_message]
        steps:
          - {step: one, after: 1 hour, text: Hello}
        """

    @Test(arguments: [false, true])
    func `without a descriptor for the platform the page pauses, and the message arrives once there is one`(
        ofMachine: Bool
    ) async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1200)
        let descriptors = try await NoDescriptors(in: shop, ofMachine: ofMachine)
        try await shop.start(environment: descriptors.environment)
        try shop.sandbox.write(as: "1001", name: nil, text: "Hello", ref: nil)
        var status: Status = try await shop.ask("status")
        while status.sums.people == 0 { status = try await shop.ask("status") }
        try descriptors.runOut()
        try await shop.says("the page pauses")
        try descriptors.areThereAgain()
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing { break }
        repeat { status = try await shop.ask("status") } while status.sums.sent == 0
        #expect((status.sums.sent, status.sums.failed, status.sums.inDoubt) == (1, 0, 0))
        #expect(shop.sandbox.messages(after: 0, of: "1001").filter { $0.direction == .outgoing }.count == 1)
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `strangers who open as many connections as they like keep nobody out`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1200)
        // So few that the daemon has to share them out.
        try await shop.start(by: ["/usr/bin/prlimit", "--nofile=250:250"])
        #expect(
            shop.log.contains(
                "dripd may open only 250 files: its web server takes 22 connections at most; see LimitNOFILE="
            )
        )
        let strangers = try (1...200).map { _ in try IdleConnection(port: shop.port) }
        try shop.sandbox.write(as: "1001", name: nil, text: "Hello", ref: nil)
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing { break }
        var status: Status
        repeat { status = try await shop.ask("status") } while status.sums.sent == 0
        #expect((status.sums.sent, status.sums.failed, status.sums.inDoubt) == (1, 0, 0))
        #expect(try await shop.get("/readyz").status == 200)
        #expect(shop.log.contains("more than 22 connections at once: idle ones are closed first"))
        withExtendedLifetime(strangers) {}
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `a limit that its own files would reach is refused`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        #expect(try await shop.refusal(by: ["/usr/bin/prlimit", "--nofile=240:240"]) == 1)
        #expect(
            shop.log == """
                Error: dripd may open only 240 files, but needs 248 with `concurrency: 64`: raise LimitNOFILE= of the unit \
                (`ulimit -Hn` in a shell), or lower concurrency

                """
        )
    }

    @Test(arguments: [(false, "Too many open files"), (true, "Too many open files in system")])
    func `without a descriptor for who comes in, they wait, and the daemon does not run hot`(
        ofMachine: Bool,
        error: String
    ) async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1200)
        let descriptors = try await NoDescriptors(in: shop, ofMachine: ofMachine)
        // The watchdog asks several times a second, by a connection of its own.
        let watched = ["WATCHDOG_USEC": "800000"]
        try await shop.start(environment: descriptors.environment.merging(watched) { own, _ in own })
        try descriptors.runOut()
        try shop.sandbox.write(as: "1001", name: nil, text: "Hello", ref: nil)
        try await shop.says("\(error): no new connections until others close; see LimitNOFILE=")
        let before = try shop.processorTicks()
        // The one wait for time here: how much it does in a second in which it can do nothing.
        try await Task.sleep(for: .seconds(1))
        #expect(try shop.processorTicks() - before < 50, "of 100")
        #expect(!shop.log.contains("does not answer"), "\(shop.log)")
        try descriptors.areThereAgain()
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing { break }
        var status: Status
        repeat { status = try await shop.ask("status") } while status.sums.sent == 0
        #expect((status.sums.sent, status.sums.failed, status.sums.inDoubt) == (1, 0, 0))
        #expect(shop.sandbox.messages(after: 0, of: "1001").filter { $0.direction == .outgoing }.count == 1)
        #expect(await shop.end(SIGTERM) == 0)
    }
}

/// A client that connects and says nothing.
private final class IdleConnection {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    deinit {
        close(descriptor)
    }
}

extension Shop {
    /// The processor time that the daemon has had, in hundredths of a second (`utime` and `stime` of proc(5)).
    fileprivate func processorTicks() throws -> Int {
        let line = try String(contentsOfFile: "/proc/\(try processID)/stat", encoding: .utf8)
        let fields = line[(line.lastIndex(of: ")") ?? line.startIndex)...].split(separator: " ")
        return (Int(fields[12]) ?? 0) + (Int(fields[13]) ?? 0)
    }
}
