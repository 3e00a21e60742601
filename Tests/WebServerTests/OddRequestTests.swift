import Foundation
import TestSupport
import Testing
import WebServer

/// Requests that no decent client sends: each is answered for what it is, or its connection is cut off, and none is taken for
/// another request.
@Suite(.timeLimit(.minutes(1))) struct OddRequestTests {
    private static let decent = ClientLimits(idle: .seconds(30), request: .seconds(30), connections: 50)
    private static let signature = "X-Hub-Signature-256: sha256=\(String(repeating: "0", count: 64))\r\n"

    /// The status of the first answer; 0: the server ended the connection without one.
    private static func status(_ request: String) async throws -> Int {
        try await status(Array(request.utf8))
    }

    private static func status(_ request: [UInt8]) async throws -> Int {
        var answer = ""
        try await StrangerTests.run(decent) { port in
            answer = try await Stranger(port: port).allAnswers(to: request, thenHangsUp: true)
        }
        guard answer.hasPrefix("HTTP/1.1 ") else { return 0 }
        return Int(answer.dropFirst(9).prefix(3)) ?? 0
    }

    @Test(arguments: [
        ("", 400), ("Host: a\r\nHost: a\r\n", 400), ("Host: a\r\nhOST: b\r\n", 400), ("Host: a b\r\n", 400),
        ("Host: a, b\r\n", 400), ("Host: a/b\r\n", 400), ("Host: u@a\r\n", 400), ("Host : a\r\n", 400),
        ("Host: a\r\n", 200), ("Host: a.example:8787\r\n", 200), ("Host: [::1]:8787\r\n", 200), ("Host:\r\n", 200),
    ])
    func `a request names one host`(fields: String, status: Int) async throws {
        #expect(try await Self.status("GET /healthz HTTP/1.1\r\n\(fields)Connection: close\r\n\r\n") == status)
    }

    @Test func `a client of HTTP 1_0 names no host, and never two`() async throws {
        #expect(try await Self.status("GET /healthz HTTP/1.0\r\n\r\n") == 200)
        #expect(try await Self.status("GET /healthz HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n") == 400)
    }

    @Test(arguments: [
        "//metrics", "/metrics/", "///metrics", "/./metrics", "/x/../metrics", "/webhooks/../metrics", "/%6detrics",
        "/metrics%2f", "/%2fmetrics", "/metrics;x=1", "/metrics%00", "/METRICS", "/webhooks/messenger/",
        "/webhooks//messenger", "//webhooks/messenger", "/webhooks%2fmessenger", "/webhooks/./messenger",
        "/webhooks/x/../messenger", "/webhooks\\messenger", "/healthz/", "//healthz", "/readyz/", "//readyz",
        "http://x//metrics", "http://x/metrics/", "http://x/./metrics",
    ])
    func `a route has one path`(target: String) async throws {
        let (get, post) = (
            try await Self.status("GET \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
            try await Self.status("POST \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        )
        #expect([400, 404].contains(get), "GET: \(get)")
        #expect([400, 404].contains(post), "POST: \(post)")
    }

    @Test(arguments: ["/healthz", "/healthz?", "/healthz?a=//b/../c%2f", "http://x/healthz", "HTTP://x:80/healthz?a"])
    func `the path is found in the target`(target: String) async throws {
        #expect(try await Self.status("GET \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") == 200)
    }

    @Test(arguments: ["*", "x:80", "healthz", "ftp://x/healthz", "http:///healthz", "http://x", "?healthz"])
    func `what names no path is refused`(target: String) async throws {
        #expect(
            [400, 404].contains(
                try await Self.status("OPTIONS \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            )
        )
    }

    /// Where two readers of one request could find different ends of it.
    @Test(arguments: [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "Content-Length: 5, 5\r\n\r\nhello", "Content-Length: +5\r\n\r\nhello", "Content-Length: -5\r\n\r\nhello",
        "Content-Length: 0x5\r\n\r\nhello", "Content-Length: 5 \t5\r\n\r\nhello", "Content-Length:\r\n\r\nhello",
        "Content-Length: 99999999999999999999999999\r\n\r\nhello", "Content-Length : 5\r\n\r\nhello",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: identity\r\n\r\n", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "X: a\r\n Content-Length: 5\r\n\r\nhello", "Transfer-Encoding:\u{0B}chunked\r\n\r\n0\r\n\r\n",
        "X: a\rContent-Length: 5\r\n\r\nhello", "X: a\0b\r\nContent-Length: 0\r\n\r\n",
    ])
    func `a body has one length`(rest: String) async throws {
        let head = "POST /webhooks/messenger HTTP/1.1\r\nHost: x\r\n\(Self.signature)"
        let status = try await Self.status(head + rest)
        #expect([0, 400, 411, 413, 501].contains(status), "\(status)")
    }

    @Test func `a chunked body of an HTTP 1_0 client is refused`() async throws {
        let head = "POST /webhooks/messenger HTTP/1.0\r\n\(Self.signature)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        #expect(try await Self.status(head) == 400)
    }

    @Test(arguments: [
        // TLS's first bytes, HTTP/2's, and others'.
        [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00] + [UInt8](repeating: 7, count: 500),
        Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0], Array("SSH-2.0-OpenSSH\r\n".utf8),
        Array("GET /healthz HTTP/3.0\r\nHost: x\r\n\r\n".utf8), Array("GET /healthz\r\n\r\n".utf8),
        Array("GET /heal\0thz HTTP/1.1\r\nHost: x\r\n\r\n".utf8),
        Array("GET /healthz HTTP/1.1\r\nHo\0st: x\r\n\r\n".utf8),
        Array("FROB /healthz HTTP/1.1\r\nHost: x\r\n\r\n".utf8), [UInt8](repeating: 0, count: 3000),
        Array("GET /\u{FF}healthz HTTP/1.1\r\nHost: x\r\n\r\n".utf8),
        Array("CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n".utf8),
    ])
    func `what is no request of ours is refused`(bytes: [UInt8]) async throws {
        let status = try await Self.status(bytes)
        #expect(status == 0 || (400...505).contains(status), "\(status)")
    }

    @Test(arguments: [
        ("GET /\(String(repeating: "x", count: 1 << 20)) HTTP/1.1\r\nHost: x\r\n\r\n"),
        ("GET /healthz HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "x", count: 1 << 20))\r\n\r\n"),
        ("GET /healthz HTTP/1.1\r\nHost: x\r\n\(String(repeating: "X: y\r\n", count: 10_000))\r\n"),
        ("GET /healthz HTTP/1.1\r\nHost: x\r\n\(String(repeating: "X: y\r\n", count: 200))\r\n"),
        ("GET /healthz HTTP/1.1\r\nHost: x\r\n\(String(repeating: "X: \(String(repeating: "y", count: 4000))\r\n", count: 9))\r\n"),
        ("POST /webhooks/messenger HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
            + "X-Hub-Signature-256: sha256=\(String(repeating: "0", count: 1 << 20))\r\n\r\n{}"),
    ])
    func `a header has its limits`(request: String) async throws {
        let status = try await Self.status(request)
        #expect([0, 400, 414, 431].contains(status), "\(status)")
    }

    @Test(arguments: [
        "", "X-Hub-Signature-256: sha256=00\r\n", "X-Hub-Signature-256: sha1=\(String(repeating: "0", count: 64))\r\n",
        "X-Hub-Signature-256: sha256=\(String(repeating: "g", count: 64))\r\n",
        "X-Hub-Signature-256: sha256=\(String(repeating: "0", count: 65))\r\n",
        "\(signature)\(signature)", "X-Hub-Signature: sha1=\(String(repeating: "0", count: 40))\r\n",
        "Expect: 100-continue\r\n",
    ])
    func `without a signature that could be one, no body is waited for`(fields: String) async throws {
        let head = "POST /webhooks/messenger HTTP/1.1\r\nHost: x\r\n\(fields)Content-Length: 1000000\r\n\r\n"
        try await StrangerTests.run(Self.decent) { port in
            let answer = try await Stranger(port: port).allAnswers(to: Array(head.utf8))
            #expect(answer.hasPrefix("HTTP/1.1 401 "), "\(answer)")
            #expect(answer.lowercased().contains("\r\nconnection: close\r\n"))
        }
    }

    @Test(arguments: ["gzip", "deflate", "br", "identity, gzip"])
    func `a compressed body is refused`(encoding: String) async throws {
        let head = "POST /webhooks/messenger HTTP/1.1\r\nHost: x\r\n\(Self.signature)Content-Encoding: \(encoding)\r\n"
        #expect(try await Self.status(head + "Content-Length: 1000000\r\n\r\n") == 415)
    }

    @Test(arguments: [
        ("GET", "/healthz", 200), ("GET", "/metrics", 200), ("POST", "/metrics", 404), ("PUT", "/x", 404),
    ])
    func `where no body is expected none is read`(method: String, path: String, status: Int) async throws {
        let head = "\(method) \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
        try await StrangerTests.run(Self.decent) { port in
            let answer = try await Stranger(port: port).allAnswers(to: Array(head.utf8))
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
        }
    }

    @Test func `requests that come together are answered in their order`() async throws {
        try await StrangerTests.run(Self.decent) { port in
            let requests = ["/healthz", "/nothing", "/readyz", "/webhooks/messenger"].map {
                "GET \($0) HTTP/1.1\r\nHost: x\r\n\r\n"
            }
            let last = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            let answer = try await Stranger(port: port).allAnswers(to: Array((requests.joined() + last).utf8))
            #expect(answer.matches(of: /HTTP\/1\.1 (\d+)/).map { String($0.1) } == ["200", "404", "200", "403", "200"])
        }
    }
}
