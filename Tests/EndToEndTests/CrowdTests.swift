import Channels
import Foundation
import TestSupport
import Testing

/// What strangers without the app secret cost the real daemon: memory and log.
@Suite(.timeLimit(.minutes(3)), .serialized) struct CrowdTests {
    private static let sequence = """
        sequence: hello
        title: Hello
        start: [manual]
        steps:
          - {step: one, after: 15 min, text: Hello}
        """
    private static let head = "POST /webhooks/messenger HTTP/1.1\r\nHost: x\r\n"
    private static let signature = "X-Hub-Signature-256: sha256=\(String(repeating: "0", count: 64))\r\n"
    private static let almost = String(repeating: "x", count: (1 << 20) - 1)

    @Test(arguments: [
        // Bodies that want one byte, without a signature and with one that fits nothing; a length that nobody knows;
        // a header and an upgrade that never end; many requests at once.
        "\(head)Content-Length: 1048576\r\n\r\n\(almost)",
        "\(head)\(signature)Content-Length: 1048576\r\n\r\n\(almost)",
        "\(head)\(signature)Transfer-Encoding: chunked\r\n\r\nfffff\r\n\(almost)",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: \(almost)",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n\(almost)",
        "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n\(almost)",
        String(repeating: "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", count: 30_000),
    ])
    func `three hundred with a megabyte each take no more than the budget`(bytes: String) async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        try await shop.start()
        let before = try shop.memory("VmRSS")
        do {
            let crowd = try Crowd(300, port: shop.port, sending: Array(bytes.utf8))
            crowd.press()
            // Whoever is decent is served meanwhile.
            #expect(try await shop.get("/healthz").status == 200)
            let peak = try shop.memory("VmHWM")
            #expect(peak - before < 160 << 20, "\(before >> 20) MiB, then \(peak >> 20) MiB; \(crowd.statuses)")
        }
        // The connections are closed, and their memory is given back. The kernel reports no change of it, so it asks.
        while try shop.memory("VmRSS") - before > 48 << 20 { try await Task.sleep(for: .milliseconds(50)) }
        #expect(await shop.end(SIGTERM) == 0)
    }

    @Test func `whatever strangers send, the log has a line or two of each kind`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1)
        try await shop.start()
        let before = shop.log.split(separator: "\n").count
        for bytes in [
            "\(Self.head)Content-Length: 2\r\n\r\n{}", "\(Self.head)\(Self.signature)Content-Length: 2\r\n\r\n{}",
            "\(Self.head)\(Self.signature)Content-Length: 2000000\r\n\r\n",
            "\(Self.head)\(Self.signature)Content-Length: x\r\n\r\n",
            "\(Self.head)\(Self.signature)Transfer-Encoding: chunked\r\n\r\nzz\r\n",
            "GET /webhooks/messenger?hub.mode=subscribe&hub.verify_token=x&hub.challenge=y HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /healthz HTTP/1.1\r\n\r\n", "GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "\u{16}\u{3}\u{1}x",
            "x\r\n\r\n",
        ] {
            let crowd = try Crowd(40, port: shop.port, sending: Array(bytes.utf8))
            crowd.press()
        }
        let lines = shop.log.split(separator: "\n").dropFirst(before)
        #expect(lines.count <= 20, "\(lines.joined(separator: "\n"))")
        #expect(!lines.contains { $0.contains("error") }, "\(lines.joined(separator: "\n"))")
        let metrics = String(decoding: try await shop.get("/metrics").body, as: UTF8.self)
        #expect(
            metrics.matches(of: /dripd_webhooks_total\{result="([^"]*)"\}/).map { String($0.1) }.sorted() == [
                "bad_signature", "broken_body", "no_room", "not_an_envelope", "not_json", "taken", "too_large",
                "too_many_items",
            ]
        )
        #expect(await shop.end(SIGTERM) == 0)
    }
}

extension Shop {
    /// Of the daemon, in bytes: `VmRSS` now, `VmHWM` at most so far.
    fileprivate func memory(_ field: String) throws -> Int {
        let lines = try String(contentsOfFile: "/proc/\(try processID)/status", encoding: .utf8).split(separator: "\n")
        let line = lines.first { $0.hasPrefix("\(field):") } ?? ""
        return (line.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Int($0) } ?? 0) << 10
    }
}
