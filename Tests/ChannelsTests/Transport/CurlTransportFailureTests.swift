import Channels
import Foundation
import TestSupport
import Testing

/// What each way of failing says about the request: may it be sent again?
@Suite struct CurlTransportFailureTests {
    // MARK: No connection

    @Test func `a closed port certainly never got the request`() async throws {
        let closed = try ClosedPort()
        let error = try await withTransport { try await $0.failure(of: .post(to: closed.url)) }
        #expect(error.kind == .connect)
        #expect(error.arrival == .certainlyNot)
    }

    @Test func `a host without an address certainly never got the request`() async throws {
        // A label of 64 letters is longer than RFC 1035 allows: the look-up fails without asking a name server.
        let host = String(repeating: "a", count: 64) + ".invalid"
        let error = try await withTransport { try await $0.failure(of: .post(to: "https://\(host)/")) }
        #expect(error.kind == .resolve)
        #expect(error.arrival == .certainlyNot)
    }

    @Test func `a server that does not speak TLS certainly never got the request`() async throws {
        let server = try ScriptedServer { connection in
            connection.readSome(atMost: 1_000)
            connection.respond("400 Bad Request")
        }
        defer { server.stop() }
        let error = try await withTransport { transport in
            try await transport.failure(of: .post(to: "https://127.0.0.1:\(server.port)/"))
        }
        #expect(error.kind == .tls)
        #expect(error.arrival == .certainlyNot)
    }

    @Test(arguments: [HTTPRequest.Method.get, .post])
    func `a handshake that stands still certainly never got the request`(method: HTTPRequest.Method) async throws {
        let server = try ScriptedServer { $0.stall() }
        defer { server.stop() }
        let request = HTTPRequest(method: method, url: "https://127.0.0.1:\(server.port)/", timeLimits: .short)
        let error = try await withTransport { try await $0.failure(of: request) }
        #expect(error.message == "no connection within 1 s")
        #expect(error.kind == .timeout)
        #expect(error.arrival == .certainlyNot)
    }

    @Test func `a request still waiting for a connection certainly never left`() async throws {
        let arrived = Event()
        let server = try ScriptedServer { connection in
            connection.readRequest()
            arrived.happen()
            connection.stall()
        }
        defer { server.stop() }
        try await withTransport {
            $0.connectionsPerHost = 1
        } _: { transport in
            // It holds the only connection until the server hangs up, however late the second one begins.
            async let first = transport.failure(of: .post(to: server.url()))
            await arrived.wait()
            let second = try await transport.failure(of: .post(to: server.url(), timeLimits: .short))
            #expect(second.kind == .timeout)
            #expect(second.arrival == .certainlyNot)
            server.stop()
            #expect(try await first.arrival == .perhaps)
        }
        #expect(server.requests.count == 1)
    }

    // MARK: No answer

    @Test(arguments: [HTTPRequest.get("/"), .post(to: "/")])
    func `a request that the server leaves unread may have arrived`(request: HTTPRequest) async throws {
        let server = try ScriptedServer { $0.stall() }
        defer { server.stop() }
        var request = request
        request.url = server.url()
        request.timeLimits = .short
        let error = try await withTransport { try await $0.failure(of: request) }
        #expect(error.kind == .timeout)
        #expect(error.arrival == .perhaps)
    }

    @Test func `a request that is read and never answered may have arrived`() async throws {
        let server = try ScriptedServer { connection in
            connection.readRequest()
            connection.stall()
        }
        defer { server.stop() }
        let error = try await withTransport { transport in
            try await transport.failure(of: .post(to: server.url(), timeLimits: .short))
        }
        #expect(error.kind == .timeout)
        #expect(error.arrival == .perhaps)
    }

    @Test func `a large body of which the server reads a part may have arrived`() async throws {
        let server = try ScriptedServer { $0.readSome(atMost: 1_000) }
        defer { server.stop() }
        // More than the kernel's buffers hold on both sides: nobody has all of it.
        let body = String(repeating: "x", count: 16 << 20)
        let error = try await withTransport { try await $0.failure(of: .post(body, to: server.url())) }
        #expect(error.kind == .cut)
        #expect(error.arrival == .perhaps)
    }

    // MARK: Half an answer

    @Test(arguments: [
        "", "HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 200 OK", "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ])
    func `a connection that ends before the answer does leaves the request in doubt`(part: String) async throws {
        let server = try ScriptedServer { connection in
            connection.readRequest()
            connection.write(part)
        }
        defer { server.stop() }
        let error = try await withTransport { try await $0.failure(of: .post(to: server.url())) }
        #expect(error.arrival == .perhaps)
        #expect(error.kind == .cut)
        #expect(server.requests.count == 1)
    }

    @Test func `an answer that stands still in the middle runs into the total limit`() async throws {
        let server = try ScriptedServer { connection in
            connection.readRequest()
            connection.write("H")
            connection.stall()
        }
        defer { server.stop() }
        let error = try await withTransport { transport in
            try await transport.failure(of: .post(to: server.url(), timeLimits: .short))
        }
        #expect(error.kind == .timeout)
        #expect(error.arrival == .perhaps)
    }

    @Test func `an answer that stands still for the stall limit ends before the total limit`() async throws {
        let server = try ScriptedServer { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nh")
            connection.stall()
        }
        defer { server.stop() }
        // One second is the least that libcurl can measure.
        let limits = HTTPTimeLimits(connectMilliseconds: 2_000, totalMilliseconds: 60_000, stallSeconds: 1)
        let error = try await withTransport { transport in
            try await transport.failure(of: .post(to: server.url(), timeLimits: limits))
        }
        #expect(error.message == "no answer for 1 s")
        #expect(error.kind == .stall)
        #expect(error.arrival == .perhaps)
    }

    @Test(arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "\u{0}\u{1}\u{2}garbage\n\n"])
    func `an answer that is not HTTP leaves the request in doubt`(answer: String) async throws {
        let server = try ScriptedServer { connection in
            connection.readRequest()
            connection.write(answer)
        }
        defer { server.stop() }
        let error = try await withTransport { try await $0.failure(of: .post(to: server.url())) }
        #expect(error.kind == .protocol)
        #expect(error.arrival == .perhaps)
    }

    // MARK: Too much of an answer

    @Test func `a body over the limit leaves the request in doubt`() async throws {
        let server = try ScriptedServer { connection in
            connection.readRequest()
            connection.respond(body: String(repeating: "x", count: 1_001))
        }
        defer { server.stop() }
        let error = try await withTransport {
            $0.responseBodyBytes = 1_000
        } _: {
            try await $0.failure(of: .post(to: server.url()))
        }
        #expect(error.kind == .tooLarge)
        #expect(error.description == "the answer's body exceeds 1000 bytes (the request may have arrived)")
    }

    @Test func `interim answers without end run into the header's limit`() async throws {
        let server = try ScriptedServer { connection in
            connection.readRequest()
            for _ in 0..<100 { connection.write("HTTP/1.1 103 Early Hints\r\n\r\n") }
            connection.stall()
        }
        defer { server.stop() }
        let error = try await withTransport {
            $0.responseHeaderBytes = 1_000
        } _: {
            try await $0.failure(of: .post(to: server.url()))
        }
        #expect(error.kind == .tooLarge)
        #expect(error.description == "the answer's header exceeds 1000 bytes (the request may have arrived)")
    }

    // MARK: Refused here

    @Test(arguments: [
        HTTPRequest.get("file:///etc/hostname"),
        .get("ftp://127.0.0.1/"),
        .get("http://127.0.0.1/a b"),
        .get("http://127.0.0.1/\u{0}"),
        HTTPRequest(method: .get, url: "http://127.0.0.1/", body: [1]),
        HTTPRequest(method: .get, url: "http://127.0.0.1/", headers: [HTTPHeader("X-A", "1\r\nX-B: 2")]),
        HTTPRequest(method: .get, url: "http://127.0.0.1/", headers: [HTTPHeader("X A", "1")]),
        HTTPRequest(method: .get, url: "http://127.0.0.1/", headers: [HTTPHeader("Transfer-Encoding", "chunked")]),
        HTTPRequest(method: .get, url: "http://127.0.0.1/", unixSocketPath: ""),
        .get(
            "http://127.0.0.1/",
            timeLimits: HTTPTimeLimits(connectMilliseconds: 0, totalMilliseconds: 1, stallSeconds: 1)
        ),
    ])
    func `a request that has no place on the wire is refused`(request: HTTPRequest) async throws {
        let error = try await withTransport { try await $0.failure(of: request) }
        #expect(error.kind == .invalidRequest)
        #expect(error.arrival == .certainlyNot)
    }

    @Test func `an error does not quote the URL's path or query`() async throws {
        let error = try await withTransport {
            try await $0.failure(of: .get("file:///bot12345:secret-token/send?access_token=secret-token"))
        }
        #expect(!error.message.contains("secret"))
    }
}
