import NIOCore
import NIOEmbedded
import Testing

@testable import WebServer

/// Which connection ends when there are too many.
@Suite struct ConnectionTableTests {
    private static let now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    /// Connections as `NAME ADDRESS PHASE SECONDS`, the last the newest; `*` after the phase: it has brought a webhook.
    private static func least(_ lines: [String]) throws -> [String] {
        let table = ConnectionTable()
        var names: [ObjectIdentifier: String] = [:]
        var newest: Connection?
        for line in lines {
            let words = line.split(separator: " ")
            let seconds = Int64(words[3]) ?? 0
            let channel = EmbeddedChannel()
            let connection = Connection(
                channel,
                peer: PeerAddress(try SocketAddress(ipAddress: String(words[1]), port: 1)),
                standing: .init(
                    phase: words[2].hasPrefix("new") ? .new : words[2].hasPrefix("idle") ? .idle : .answering,
                    since: now - .seconds(seconds),
                    broughtWebhook: words[2].hasSuffix("*")
                )
            )
            table.add(connection)
            names[ObjectIdentifier(channel)] = String(words[0])
            newest = connection
        }
        var order: [String] = []
        while let newest, let least = table.evictLeastUseful(except: newest, now: now) {
            order.append(names[ObjectIdentifier(least.channel)] ?? "")
        }
        return order
    }

    @Test func `those that do nothing go first, a proxy's later, one that is answered last, and the newest never`()
        throws
    {
        let order = try Self.least([
            "busy 10.0.0.1 busy 900", "proxy 10.0.0.1 idle* 800", "young 203.0.113.1 new 1", "old 203.0.113.2 new 20",
            "idle 203.0.113.3 idle 0", "newest 203.0.113.4 new 0",
        ])
        #expect(order == ["old", "idle", "young", "proxy", "busy"])
    }

    @Test func `of those the client's who has most go first, and of these the oldest`() throws {
        let order = try Self.least([
            "a 203.0.113.1 new 90", "b1 203.0.113.2 new 10", "b2 203.0.113.2 idle 20", "b3 203.0.113.2 new 30",
            "newest 203.0.113.1 new 0",
        ])
        #expect(order == ["b3", "b2", "a", "b1"])
    }

    @Test func `a thousand that idle after a request keep a new one from nothing`() throws {
        let lines = (0..<1000).map { "s\($0) 203.0.113.\($0 % 200) idle 0" }
        let order = try Self.least(lines + ["first 198.51.100.1 new 1", "newest 198.51.100.1 new 0"])
        #expect(order.last == "first")
    }
}
