import Testing

@testable import MessengerSandbox

/// Pages of other sites in a developer's browser reach this machine, too.
@Suite(.timeLimit(.minutes(1))) struct StrangerTests {
    private static let write = #"{"person":"5678","name":"Lan","text":"hi"}"#

    private static func status(
        _ fields: String,
        _ line: String = "POST /sandbox/write",
        body: String = write
    ) async throws
        -> String
    {
        var answer = ""
        try await LiveServer.run { server, _ in
            let fields = fields.replacing("PORT", with: "\(server.port)")
            answer = try await server.exchange(
                "\(line) HTTP/1.1\r\n\(fields)Connection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
            if answer.hasPrefix("HTTP/1.1 403 ") { #expect(server.sandbox.people().people.isEmpty) }
        }
        return String(answer.dropFirst(9).prefix(3))
    }

    @Test(arguments: [
        "Host: evil.example\r\n", "Host: evil.example:PORT\r\n", "Host: 127.0.0.1.evil.example\r\n",
        "Host: localhost.evil.example:PORT\r\n", "Host: 192.168.1.5:PORT\r\n", "Host:\r\n", "",
        "Host: 127.0.0.1@evil\r\n",
        "Host: 127.0.0.1:PORT\r\nOrigin: https://evil.example\r\n", "Host: 127.0.0.1:PORT\r\nOrigin: null\r\n",
        "Host: 127.0.0.1:PORT\r\nOrigin: http://127.0.0.1:1\r\n",
        "Host: 127.0.0.1:PORT\r\nOrigin: http://127.0.0.1\r\n",
        "Host: 127.0.0.1:PORT\r\nOrigin: https://127.0.0.1:PORT\r\n",
        "Host: 127.0.0.1:PORT\r\nSec-Fetch-Site: cross-site\r\n",
        "Host: 127.0.0.1:PORT\r\nSec-Fetch-Site: same-site\r\n",
        "Host: 127.0.0.1:PORT\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n",
    ])
    func `another site's page is refused`(fields: String) async throws {
        #expect(try await Self.status(fields) == "403")
        #expect(try await Self.status(fields, "GET /sandbox/people", body: "") == "403")
        #expect(try await Self.status(fields, "POST /v25.0/me/messages?access_token=TOKEN", body: "{}") == "403")
    }

    @Test(arguments: [
        "Host: 127.0.0.1:PORT\r\n", "Host: localhost:PORT\r\n", "Host: LOCALHOST\r\n", "Host: [::1]:PORT\r\n",
        "Host: 127.0.0.1:9\r\n", "Host: 127.0.0.1:PORT\r\nOrigin: http://127.0.0.1:PORT\r\n",
        "Host: localhost:PORT\r\nOrigin: http://localhost:PORT\r\nSec-Fetch-Site: same-origin\r\n",
    ])
    func `programs of this machine and the chat page are answered`(fields: String) async throws {
        #expect(try await Self.status(fields) == "200")
    }

    @Test(arguments: ["/", "/mail", "/push"])
    func `a link leads to the pages from anywhere`(page: String) async throws {
        let fields = "Host: 127.0.0.1:PORT\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n"
        #expect(try await Self.status(fields, "GET \(page)", body: "") == "200")
    }
}
