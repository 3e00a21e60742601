import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import WebServer

/// How many bytes of bodies are held, and whose.
@Suite struct BodyBudgetTests {
    private static func peer(_ address: String) throws -> PeerAddress {
        PeerAddress(try SocketAddress(ipAddress: address, port: 1))
    }

    private static let proxy = "127.0.0.1"

    @Test func `a large body that does not fit is refused, and there is room again when another is over`() throws {
        let budget = BodyBudget(BodyLimits(total: 100, small: 10, perPeer: 2)) {}
        let peer = try Self.peer(Self.proxy)
        let first = try #require(budget.open(peer) { Issue.record("evicted") })
        #expect(budget.add(60, to: first))
        let second = try #require(budget.open(peer) { Issue.record("evicted") })
        #expect(budget.add(40, to: second))
        #expect(!budget.add(1, to: second))
        #expect(!budget.add(20, to: try #require(budget.open(peer) {})))
        budget.close(first)
        #expect(budget.add(1, to: second))
        #expect(budget.used == 41)
    }

    @Test func `a small body takes the place of the largest that is unfinished`() throws {
        let (evicted, budget) = (Recorder(), BodyBudget(BodyLimits(total: 100, small: 10, perPeer: 2)) {})
        let peer = try Self.peer(Self.proxy)
        for (name, bytes) in [("a", 30), ("b", 50), ("c", 20)] {
            let number = try #require(budget.open(peer) { evicted.record(name) })
            #expect(budget.add(bytes, to: number))
        }
        let small = try #require(budget.open(peer) { evicted.record("small") })
        #expect(budget.add(10, to: small))
        #expect(evicted.all == ["b"])
        #expect(budget.used == 60)
    }

    @Test func `a whole body is never pushed out`() throws {
        let budget = BodyBudget(BodyLimits(total: 100, small: 10, perPeer: 2)) {}
        let peer = try Self.peer(Self.proxy)
        let whole = try #require(budget.open(peer) { Issue.record("evicted") })
        #expect(budget.add(100, to: whole))
        budget.markWhole(whole)
        #expect(!budget.add(10, to: try #require(budget.open(peer) {})))
    }

    @Test func `small bodies of all connections fit`() throws {
        let budget = BodyBudget(.standard) {}
        let peer = try Self.peer(Self.proxy)
        for _ in 0..<ClientLimits.standard.connections {
            #expect(budget.add(BodyLimits.standard.small, to: try #require(budget.open(peer) {})))
        }
    }

    @Test(arguments: [
        ("203.0.113.7", "203.0.113.7", false), ("203.0.113.7", "203.0.113.8", true),
        ("2001:db8::1", "2001:db8::2", false), ("2001:db8::1", "2001:db8:0:1::1", true),
        ("::ffff:203.0.113.7", "203.0.113.7", false), ("::ffff:203.0.113.7", "::ffff:203.0.113.8", true),
        ("127.0.0.1", "127.0.0.1", true), ("::1", "::1", true), ("10.0.0.2", "10.0.0.2", true),
        ("172.17.0.1", "172.17.0.1", true), ("172.32.0.1", "172.32.0.1", false), ("192.168.1.1", "192.168.1.1", true),
        ("fd00::1", "fd00::1", true), ("fe80::1", "fe80::1", true), ("100.64.0.1", "100.64.0.1", true),
        ("::ffff:10.0.0.2", "10.0.0.2", true),
    ])
    func `a client has few unfinished bodies, a proxy any number`(first: String, second: String, has: Bool) throws {
        let budget = BodyBudget(BodyLimits(total: 100, small: 10, perPeer: 2)) {}
        let (first, second) = (try Self.peer(first), try Self.peer(second))
        let numbers = try (0..<2).map { _ in try #require(budget.open(first) {}) }
        #expect((budget.open(second) {} != nil) == has)
        // One that is whole counts no more, nor one that is over.
        budget.markWhole(numbers[0])
        #expect(budget.open(first) {} != nil)
        budget.close(numbers[0])
        budget.close(numbers[1])
        #expect(budget.open(first) {} != nil)
    }

    @Test func `after a flood the memory is given back, once`() throws {
        let given = Mutex(0)
        let budget = BodyBudget(.standard) { given.withLock { $0 += 1 } }
        let peer = try Self.peer(Self.proxy)
        for bytes in [1000, 16 << 20, 1000] {
            let number = try #require(budget.open(peer) {})
            #expect(budget.add(bytes, to: number))
            budget.close(number)
        }
        #expect(given.withLock { $0 } == 1)
    }
}
