import Channels
import Foundation
import TestSupport
import Testing

@Suite struct CurlTransportAnswerTests {
    @Test func `a JSON POST goes out with the right header and nothing else`() async throws {
        let server = try ScriptedServer { connection in
            connection.readRequest()
            connection.respond("201 Created", headers: ["X-Trace:  a b "], body: "done")
        }
        defer { server.stop() }
        let response = try await withTransport { transport in
            try await transport.send(
                .postJSON(
                    Array(#"{"text":"xin chào"}"#.utf8),
                    to: server.url("/me/messages?a=1"),
                    headers: [HTTPHeader("Authorization", "Bearer abc"), HTTPHeader("X-Empty", "")]
                )
            )
        }
        #expect(response.status == 201)
        #expect(response.headers["x-TRACE"] == "a b")
        #expect(response.headers["X-Other"] == nil)
        #expect(String(decoding: response.body, as: UTF8.self) == "done")
        let expected = """
            POST /me/messages?a=1 HTTP/1.1
            Host: 127.0.0.1:\(server.port)
            User-Agent: dripd/1.2.3
            Accept: */*
            Authorization: Bearer abc
            X-Empty:
            Content-Type: application/json
            Content-Length: 20

            {"text":"xin chào"}
            """
        #expect(server.requests == [expected.replacingOccurrences(of: "\n", with: "\r\n")])
    }

    @Test func `a GET and a POST without a body carry no content headers but the length`() async throws {
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil { connection.respond() }
        }
        defer { server.stop() }
        try await withTransport { transport in
            _ = try await transport.send(.get(server.url("/a")))
            _ = try await transport.send(HTTPRequest(method: .post, url: server.url("/b")))
        }
        let common = "Host: 127.0.0.1:\(server.port)\r\nUser-Agent: dripd/1.2.3\r\nAccept: */*\r\n"
        #expect(
            server.requests == [
                "GET /a HTTP/1.1\r\n\(common)\r\n",
                "POST /b HTTP/1.1\r\n\(common)Content-Length: 0\r\n\r\n",
            ]
        )
    }

    @Test func `two requests after one another share a connection`() async throws {
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil { connection.respond(body: "ok") }
        }
        defer { server.stop() }
        try await withTransport { transport in
            for _ in 0..<2 {
                let response = try await transport.send(.post(to: server.url()))
                #expect(response.body == Array("ok".utf8))
            }
        }
        #expect(server.connectionCount == 1)
        #expect(server.requests.count == 2)
    }

    @Test func `two hundred requests at once are each answered with their own answer`() async throws {
        let server = try ScriptedServer { connection in
            while let request = connection.readRequest() {
                connection.respond(body: String(request.split(separator: "\r\n\r\n").last ?? ""))
            }
        }
        defer { server.stop() }
        try await withTransport {
            $0.connectionsPerHost = 16
        } _: { transport in
            let answers = try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let response = try await transport.send(.post("body \(number)", to: server.url()))
                        return (number, String(decoding: response.body, as: UTF8.self))
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
            #expect(answers.count == 200)
            #expect(answers.allSatisfy { $0.value == "body \($0.key)" })
        }
        #expect(server.requests.count == 200)
        #expect(server.connectionCount <= 16)
    }

    @Test func `a large body arrives whole`() async throws {
        let server = try ScriptedServer { connection in
            let request = connection.readRequest()
            connection.respond(body: "\(request?.utf8.count { $0 == UInt8(ascii: "x") } ?? 0)")
        }
        defer { server.stop() }
        let response = try await withTransport { transport in
            try await transport.send(.post(String(repeating: "x", count: 300 << 10), to: server.url("/large")))
        }
        #expect(String(decoding: response.body, as: UTF8.self) == "307200")
    }

    @Test func `a redirect is an answer and is not followed`() async throws {
        let server = try ScriptedServer { connection in
            while connection.readRequest() != nil { connection.respond("302 Found", headers: ["Location: /elsewhere"]) }
        }
        defer { server.stop() }
        let response = try await withTransport { try await $0.send(.post(to: server.url())) }
        #expect(response.status == 302)
        #expect(response.headers["location"] == "/elsewhere")
        #expect(server.requests.count == 1)
    }

    @Test func `an interim answer leaves nothing behind`() async throws {
        let server = try ScriptedServer { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 103 Early Hints\r\nX-Kind: interim\r\n\r\n")
            connection.respond("400 Bad Request", body: "no")
        }
        defer { server.stop() }
        let response = try await withTransport { try await $0.send(.post(to: server.url())) }
        #expect(response.status == 400)
        #expect(response.headers["X-Kind"] == nil)
        #expect(response.body == Array("no".utf8))
    }

    @Test func `a Unix socket is reached by its path`() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "dripd-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appending(path: "s").path
        let server = try ScriptedServer(unixSocketPath: path) { connection in
            while connection.readRequest() != nil { connection.respond(body: "here") }
        }
        defer { server.stop() }
        let response = try await withTransport { transport in
            try await transport.send(
                .postJSON(Array("{}".utf8), to: "http://localhost/status", unixSocketPath: path)
            )
        }
        #expect(response.body == Array("here".utf8))
        #expect(server.requests.first?.hasPrefix("POST /status HTTP/1.1\r\nHost: localhost\r\n") == true)
    }

    @Test func `a cancelled task still gets the outcome`() async throws {
        let arrived = Event()
        let cancelled = DispatchSemaphore(value: 0)
        let server = try ScriptedServer { connection in
            connection.readRequest()
            arrived.happen()
            cancelled.wait()
            connection.respond(body: "late")
        }
        defer { server.stop() }
        try await withTransport { transport in
            let task = Task { try await transport.send(.post(to: server.url())) }
            await arrived.wait()
            task.cancel()
            cancelled.signal()
            let response = try await task.value
            #expect(response.body == Array("late".utf8))
        }
    }
}
