import Channels
import TestSupport
import Testing

/// What may be read on the way: nothing that leaves this machine, by nobody.
@Suite(.timeLimit(.minutes(2))) struct CurlTransportPrivacyTests {
    @Test(arguments: [
        "http://graph.example/v25.0/me", "HTTP://graph.example/", "http://127.0.0.1.example/",
        "http://localhost.example/",
        "http://127.0.0.1@graph.example/", "http://localhost:80@graph.example/", "http://[::1]@graph.example/",
        "http://[::1].graph.example/", "http://[::ffff:10.0.0.1]/", "http://0.0.0.0/", "http://10.0.0.1/",
        "http://127.1/",
        "http://2130706433/", "http://0x7f.0.0.1/", "http://127.0.0.1\\@graph.example/", "http:///127.0.0.1/",
        "http:127.0.0.1/", "http://", "http://169.254.169.254/latest/meta-data/", "graph.example/", "//graph.example/",
    ])
    func `without TLS nothing leaves this machine`(url: String) async throws {
        let error = try await withTransport { try await $0.failure(of: .get(url)) }
        #expect(error.kind == .invalidRequest, "\(error)")
        #expect(error.arrival == .certainlyNot)
    }

    @Test(arguments: [
        "http://127.0.0.1:PORT/", "http://localhost:PORT/x?y=1", "HTTP://LOCALHOST:PORT", "http://127.0.0.1:PORT?x",
    ])
    func `a server on this machine may do without`(url: String) async throws {
        let server = try ScriptedServer { connection in
            connection.readRequest()
            connection.respond(body: "hi")
        }
        defer { server.stop() }
        let port = server.url().split(separator: ":")[2].prefix { $0.isNumber }
        let response = try await withTransport { try await $0.send(.get(url.replacing("PORT", with: port))) }
        #expect(response.status == 200)
    }

    @Test func `what is no secret may go anywhere`() async throws {
        let request = HTTPRequest(method: .get, url: "http://graph.invalid/", plainHTTP: .anyHost)
        #expect(try await withTransport { try await $0.failure(of: request) }.kind == .resolve)
    }

    /// The server asks for a client of 2006: the system's OpenSSL would do it.
    @Test func `TLS is 1.2 at least`() async throws {
        let server = try await SelfSignedServer(options: ["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"])
        defer { server.stop() }
        let error = try await withTransport { try await $0.failure(of: .get("https://localhost:\(server.port)/")) }
        #expect(error.kind == .tls)
        // Not yet about the certificate.
        #expect(error.message.contains("protocol version"), "\(error)")
    }

    @Test func `a redirect to another host is an answer, and takes no token there`() async throws {
        let other = try ScriptedServer { connection in
            connection.readRequest()
            connection.respond(body: "caught")
        }
        defer { other.stop() }
        let location = other.url()
        let server = try ScriptedServer { connection in
            connection.readRequest()
            connection.respond("307 Temporary Redirect", headers: ["Location: \(location)"])
        }
        defer { server.stop() }
        let request = HTTPRequest(
            method: .post,
            url: server.url(),
            headers: [HTTPHeader("Authorization", "Bearer secret")]
        )
        let response = try await withTransport { try await $0.send(request) }
        #expect(response.status == 307)
        #expect(other.requests.isEmpty)
    }
}
