import Channels
import TestSupport
import Testing

/// By itself libcurl asks before it sends a body of more than 1 MiB (`Expect: 100-continue`), and waits a second for an answer
/// that most servers do not give.
@Suite struct CurlTransportExpectTests {
    @Test(arguments: [1, 1 << 20, 1 << 20 + 1, 3 << 20])
    func `a body of any length leaves without being asked for`(length: Int) async throws {
        let server = try ScriptedServer { connection in
            connection.readRequest()
            connection.respond()
        }
        defer { server.stop() }
        try await withTransport { transport in
            let body = String(repeating: "x", count: length)
            let response = try await transport.send(.post(body, to: server.url()))
            #expect(response.status == 200)
        }
        server.stop()
        let head = try #require(server.requests.first?.prefix(2000).lowercased())
        #expect(head.contains("content-length: \(length)\r\n"))
        #expect(!head.contains("\r\nexpect:"))
    }
}
