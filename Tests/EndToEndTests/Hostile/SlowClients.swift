import Glibc

/// Many clients that hold a connection each, and send a byte of their request now and then. What the daemon closes is opened
/// again.
final class SlowClients {
    enum Kind {
        /// The header never ends.
        case header
        /// A body that is nearly there: what came of it waits in the daemon's memory.
        case body
    }

    private let beginning: [UInt8]
    private let port: Int
    private let tally: LoadTally
    private var clients: [LoadConnection?]
    /// As many at each moment: a thousand connections at once would be a flood, which is another part of the load.
    private static let openedAtOnce = 50

    init(_ kind: Kind, _ count: Int, _ port: Int, _ tally: LoadTally) {
        switch kind {
        case .header: beginning = Array("POST /webhooks/messenger HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ".utf8)
        case .body:
            // With a header that looks signed, since a body that nobody signed needs no memory.
            let signature = "sha256=" + String(repeating: "0", count: 64)
            beginning =
                LoadRequest.head(signature: signature, length: 1 << 20) + [UInt8](repeating: 0x20, count: 1_000_000)
        }
        self.port = port
        self.tally = tally
        clients = Array(repeating: nil, count: count)
    }

    func run(_ pace: LoadPace) {
        var pace = pace
        while pace.wait() != nil {
            var opened = 0
            for index in clients.indices {
                if let client = clients[index] {
                    if client.isClosed || client.send([0x20], waits: false) == 0 { clients[index] = nil }
                } else if opened < Self.openedAtOnce, let client = LoadConnection(port: port, timeout: 2) {
                    opened += 1
                    let sent = client.send(beginning)
                    tally.note {
                        $0.requests += 1
                        $0.bytes += sent
                    }
                    clients[index] = client
                }
            }
            let open = clients.count { $0 != nil }
            tally.note { $0.open = max($0.open, open) }
        }
    }
}
