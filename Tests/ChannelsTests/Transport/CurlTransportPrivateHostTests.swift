import Channels
import DripCore
import Foundation
import TestSupport
import Testing

/// A request to a URL that an outsider chose must not reach this machine or a private network, whatever the host is called.
@Suite struct CurlTransportPrivateHostTests {
    private func request(_ url: String, mayReachPrivateHosts: Bool) -> HTTPRequest {
        HTTPRequest(method: .post, url: url, body: [0x61], mayReachPrivateHosts: mayReachPrivateHosts)
    }

    /// Every machine resolves `localhost` by itself.
    @Test(arguments: ["localhost", "127.0.0.1", "127.255.255.254", "[::1]"])
    func `it is refused with nothing sent`(_ host: String) async throws {
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil { connection.respond() }
        }
        defer { server.stop() }
        let error = try await withTransport { transport in
            try await transport.failure(of: request("http://\(host):\(server.port)/", mayReachPrivateHosts: false))
        }
        #expect(error.message == "the host has no public address")
        #expect(error.kind == .connect)
        #expect(error.arrival == .certainlyNot)
        server.stop()
        #expect(server.connectionCount == 0)
    }

    @Test func `it is refused on a connection that another request has opened`() async throws {
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil { connection.respond() }
        }
        defer { server.stop() }
        try await withTransport { transport in
            let url = server.url()
            _ = try await transport.send(request(url, mayReachPrivateHosts: true))
            let error = try await transport.failure(of: request(url, mayReachPrivateHosts: false))
            #expect(error.message == "the host has no public address")
            #expect(error.arrival == .certainlyNot)
            // The handle is used again, and its guard is gone.
            _ = try await transport.send(request(url, mayReachPrivateHosts: true))
        }
        server.stop()
        #expect(server.requests.count == 2)
    }

    @Test func `it is refused over a Unix socket`() async throws {
        let folder = try TemporaryDirectory()
        let path = folder.path + "/socket"
        let server = try ScriptedServer(unixSocketPath: path) { connection in
            while connection.readRequest() != nil { connection.respond() }
        }
        defer { server.stop() }
        var request = request("http://dripd.example/", mayReachPrivateHosts: false)
        request.unixSocketPath = path
        let error = try await withTransport { [request] in try await $0.failure(of: request) }
        #expect(error.arrival == .certainlyNot)
        server.stop()
        #expect(server.connectionCount == 0)
    }
}
