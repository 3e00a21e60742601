import Channels
import Foundation
import Synchronization
import TestSupport
import Testing

/// By itself libcurl sends a request again when a reused connection dies without an answer. For a POST that is a
/// second message to a customer.
@Suite struct CurlTransportResendTests {
    @Test(arguments: [#"{"text":"second"}"#, ""])
    func `a POST whose reused connection dies is in doubt and not sent again`(body: String) async throws {
        let server = try hangingUpOnTheSecond()
        defer { server.stop() }
        try await withTransport { transport in
            _ = try await transport.send(.post(to: server.url("/first")))
            let error = try await transport.failure(of: .post(body, to: server.url("/second")))
            #expect(error.kind == .cut)
            #expect(
                error.description
                    == "the connection ended before the answer's header was complete (the request may have arrived)"
            )
            _ = try await transport.send(.post(to: server.url("/third")))
        }
        // The third was answered, so every connection before it was accepted; now every byte of them is read, too.
        server.stop()
        #expect(server.requests.map { $0.prefix { $0 != "H" } } == ["POST /first ", "POST /second ", "POST /third "])
        // libcurl does open a connection for the second attempt, but nothing goes out there.
        #expect(server.bytesReceived.filter { $0 > 0 }.count == 2)
    }

    @Test func `a GET whose reused connection dies is sent again`() async throws {
        let server = try hangingUpOnTheSecond()
        defer { server.stop() }
        try await withTransport { transport in
            for path in ["/first", "/second"] {
                let response = try await transport.send(.get(server.url(path)))
                #expect(response.status == 200)
            }
        }
        #expect(server.requests.count == 3)
    }

    @Test func `a POST whose reused connection dies is in doubt where no other can be opened`() async throws {
        let server = try hangingUpOnTheSecond()
        defer { server.stop() }
        try await withTransport { transport in
            _ = try await transport.send(.post(to: server.url("/first")))
            server.refuseConnections()
            // To libcurl the last thing that went wrong is the second attempt, of which nothing left.
            let error = try await transport.failure(of: .post(to: server.url("/second")))
            #expect(error.kind == .cut)
            #expect(
                error.description
                    == "the connection ended before the answer's header was complete (the request may have arrived)"
            )
        }
        #expect(server.requests.map { $0.prefix { $0 != "H" } } == ["POST /first ", "POST /second "])
    }

    @Test func `a large POST whose reused connection dies early is in doubt and not sent again`() async throws {
        let server = try ScriptedServer { connection in
            connection.readRequest()
            connection.respond()
            while let bytes = connection.readSome(atMost: 1_000), bytes.last != UInt8(ascii: "x") {}
        }
        defer { server.stop() }
        try await withTransport { transport in
            _ = try await transport.send(.post(to: server.url("/first")))
            let error = try await transport.failure(
                of: .post(String(repeating: "x", count: 16 << 20), to: server.url("/second"))
            )
            #expect(error.kind == .cut)
            #expect(error.arrival == .perhaps)
            _ = try await transport.send(.post(to: server.url("/third")))
        }
        server.stop()
        #expect(server.requests.map { $0.prefix { $0 != "H" } } == ["POST /first ", "POST /third "])
        #expect(server.bytesReceived.filter { $0 > 0 }.count == 2)
    }

    @Test func `over TLS nothing but HTTP/1.1 is offered, whose connections end with an answer`() async throws {
        let hello = Mutex<[UInt8]>([])
        let server = try ScriptedServer { connection in
            let bytes = connection.readSome(atMost: 10_000) ?? []
            hello.withLock { $0 = bytes }
        }
        defer { server.stop() }
        _ = try await withTransport { try await $0.failure(of: .post(to: "https://127.0.0.1:\(server.port)/")) }
        // RFC 7301, section 3.1: the extension's number and length, the list's length, one name.
        let offer = [0, 16, 0, 11, 0, 9, 8] + Array("http/1.1".utf8)
        #expect(hello.withLock { $0.contains(offer) })
    }

    @Test func `a connection that the server closed while idle is replaced`() async throws {
        let closed = Event()
        let server = try ScriptedServer { connection in
            connection.readRequest()
            connection.respond()
            connection.close()
            closed.happen()
        }
        defer { server.stop() }
        try await withTransport { transport in
            for _ in 0..<3 {
                let response = try await transport.send(.post(to: server.url()))
                #expect(response.status == 200)
                await closed.wait()
            }
        }
        #expect(server.requests.count == 3)
        #expect(server.connectionCount == 3)
    }

    /// Answers the first request of each connection, and ends it after the second.
    private func hangingUpOnTheSecond() throws -> ScriptedServer {
        try ScriptedServer { connection in
            connection.readRequest()
            connection.respond()
            connection.readRequest()
        }
    }
}
