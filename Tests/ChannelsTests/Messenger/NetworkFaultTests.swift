import DripCore
import Foundation
import TestSupport
import Testing

@testable import Channels

/// What each fault of the network does to a message, over real sockets and the real libcurl.
///
/// | the fault | the message |
/// | --- | --- |
/// | nothing listens, no way there, no such name, no TLS | certainly never left: it is sent later |
/// | its bytes left, and no answer came, or half of one, or none that can be read | in doubt: never sent again blindly |
/// | an answer without the platform's error object, 4xx or 503 | somebody before the platform refused it: sent later |
@Suite(.timeLimit(.minutes(1))) struct NetworkFaultTests {
    private static let page = "1577703145783617"
    private static let answer = #"{"recipient_id":"5678","message_id":"m_1"}"#

    /// The most that a request of these tests takes.
    private static let limits = HTTPTimeLimits(connectMilliseconds: 400, totalMilliseconds: 600, stallSeconds: 5)

    private func deliver(
        to graphURL: String,
        limits: HTTPTimeLimits = Self.limits
    ) async throws -> Outcome {
        try await withTransport { transport in
            let channel = MessengerChannel(
                transport: transport,
                graphURL: graphURL,
                timeLimits: limits,
                tokens: [Self.page: "page-token"]
            )
            let key = DeliveryKey(instance: "test", enrollment: EnrollmentID(rawValue: 7), step: "hello", part: 0)
            return await channel.deliver(.text("Xin chào", buttons: []), from: Self.page, to: .person("5678"), key: key)
        }
    }

    /// What a server that does so makes of a message, and how many whole requests it read.
    private func outcome(
        limits: HTTPTimeLimits = Self.limits,
        _ script: @escaping ScriptedServer.Script
    ) async throws -> (outcome: Outcome, requests: Int) {
        let server = try ScriptedServer(script: script)
        defer { server.stop() }
        let outcome = try await deliver(to: server.url("/v25.0"), limits: limits)
        return (outcome, server.requests.count)
    }

    private func isUnsent(_ outcome: Outcome) -> Bool {
        if case .unsent = outcome { return true }
        return false
    }

    private func isInDoubt(_ outcome: Outcome) -> Bool {
        if case .inDoubt = outcome { return true }
        return false
    }

    // MARK: Certainly never left

    @Test func `a whole way is a message that was sent`() async throws {
        let (outcome, requests) = try await outcome { connection in
            connection.readRequest()
            connection.respond(body: Self.answer)
        }
        #expect(outcome == .accepted(messageID: "m_1", address: "5678"))
        #expect(requests == 1)
    }

    @Test func `a port where nothing listens refuses: never left`() async throws {
        let closed = try ClosedPort()
        let outcome = try await deliver(to: closed.url + "v25.0")
        #expect(isUnsent(outcome), "\(outcome)")
    }

    @Test func `a host that answers no connection: never left`() async throws {
        let silent = try SilentHost()
        let outcome = try await deliver(to: "http://127.0.0.1:\(silent.port)/v25.0")
        #expect(isUnsent(outcome), "\(outcome)")
    }

    @Test func `a network that leads nowhere: never left`() async throws {
        // Broadcast addresses take no connections: the kernel refuses by itself.
        let outcome = try await deliver(to: "http://255.255.255.255/v25.0")
        #expect(isUnsent(outcome), "\(outcome)")
    }

    @Test func `a name that nobody knows: never left`() async throws {
        // Longer than a label may be (RFC 1035): refused without asking a name server.
        let host = String(repeating: "a", count: 64) + ".invalid"
        let outcome = try await deliver(to: "https://\(host)/v25.0")
        #expect(isUnsent(outcome), "\(outcome)")
    }

    @Test func `a certificate that nobody vouches for: never left`() async throws {
        let server = try await SelfSignedServer()
        defer { server.stop() }
        // Long enough for any handshake: the certificate is the fault, not the time.
        let patient = HTTPTimeLimits(connectMilliseconds: 20_000, totalMilliseconds: 30_000, stallSeconds: 20)
        let outcome = try await deliver(to: "https://localhost:\(server.port)/v25.0", limits: patient)
        guard case .unsent(let why) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(why.lowercased().contains("certificate"), "\(why)")
    }

    @Test func `plain text in answer to TLS: never left`() async throws {
        let server = try ScriptedServer { connection in
            connection.readSome(atMost: 1_000)
            connection.respond("400 Bad Request")
        }
        defer { server.stop() }
        let outcome = try await deliver(to: "https://127.0.0.1:\(server.port)/v25.0")
        #expect(isUnsent(outcome), "\(outcome)")
    }

    @Test func `a handshake that stands still: never left`() async throws {
        let server = try ScriptedServer { $0.stall() }
        defer { server.stop() }
        let outcome = try await deliver(to: "https://127.0.0.1:\(server.port)/v25.0")
        #expect(isUnsent(outcome), "\(outcome)")
    }

    // MARK: In doubt

    @Test func `a server that reads nothing may yet read it: in doubt`() async throws {
        // The kernel has taken the bytes: for all that can be known here, they have left.
        let (outcome, requests) = try await outcome { $0.stall() }
        #expect(isInDoubt(outcome), "\(outcome)")
        #expect(requests == 0)
    }

    @Test func `a server that reads it all and stands still: in doubt`() async throws {
        let (outcome, requests) = try await outcome { connection in
            connection.readRequest()
            connection.stall()
        }
        #expect(isInDoubt(outcome), "\(outcome)")
        #expect(requests == 1)
    }

    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n{\"recipient_id\":",
        "HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
    ])
    func `a connection cut before the answer's end: in doubt`(part: String) async throws {
        let (outcome, requests) = try await outcome { connection in
            connection.readRequest()
            connection.write(part)
        }
        #expect(isInDoubt(outcome), "\(outcome)")
        #expect(requests == 1)
    }

    @Test(arguments: [
        "", "<html>Welcome to the hotel's network</html>", "{\"message_id\":", "[]", "null", "{}",
        #"{"message_id":null}"#, #"{"message_id":""}"#, #"{"recipient_id":"5678"}"#, "\u{0}\u{1}\u{2}",
    ])
    func `an answer of 200 that says nothing of the message: in doubt`(body: String) async throws {
        let (outcome, _) = try await outcome { connection in
            connection.readRequest()
            connection.respond(body: body)
        }
        #expect(outcome == .inDoubt(why: "HTTP 200 with an answer that is not the platform's"))
    }

    @Test func `an answer of 10 MB is not read to its end: in doubt`() async throws {
        let patient = HTTPTimeLimits(connectMilliseconds: 20_000, totalMilliseconds: 30_000, stallSeconds: 20)
        let (outcome, _) = try await outcome(limits: patient) { connection in
            connection.readRequest()
            connection.respond(body: String(repeating: "x", count: 10 << 20))
        }
        #expect(outcome == .inDoubt(why: "the answer's body exceeds 1048576 bytes"))
    }

    @Test func `an answer that comes by the byte is given up at the limit: in doubt`() async throws {
        let started = ContinuousClock.now
        let (outcome, _) = try await outcome { connection in
            connection.readRequest()
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(Self.answer.utf8.count)\r\n\r\n")
            for byte in Self.answer.utf8 {
                connection.write(String(decoding: [byte], as: UTF8.self))
                if connection.hasEnded(within: 1_000) { return }
            }
        }
        #expect(isInDoubt(outcome), "\(outcome)")
        // The whole answer takes 42 s.
        #expect(ContinuousClock.now - started < .seconds(20))
    }

    @Test(arguments: ["SSH-2.0-OpenSSH_9.2\r\n", "HTTP/9.9 what\r\n\r\n"])
    func `an answer that is not HTTP: in doubt`(answer: String) async throws {
        let (outcome, _) = try await outcome { connection in
            connection.readRequest()
            connection.write(answer)
        }
        #expect(isInDoubt(outcome), "\(outcome)")
    }

    @Test(arguments: ["500 Internal Server Error", "502 Bad Gateway", "504 Gateway Timeout"])
    func `an error of whoever stands before the platform, after it may have passed it on: in doubt`(
        status: String
    ) async throws {
        let (outcome, _) = try await outcome { connection in
            connection.readRequest()
            connection.respond(status, body: "<html>")
        }
        #expect(isInDoubt(outcome), "\(outcome)")
    }

    // MARK: Refused on the way

    @Test(arguments: ["301 Moved", "404 Not Found", "429 Too Many Requests", "503 Service Unavailable"])
    func `a refusal of whoever stands before the platform: sent later`(status: String) async throws {
        let (outcome, _) = try await outcome { connection in
            connection.readRequest()
            connection.respond(status, headers: ["Location: http://127.0.0.1:9/"], body: "<html>")
        }
        #expect(outcome.errorClass == "slow_down", "\(outcome)")
    }

    @Test func `the connection that a server closed while idle is not taken for the message's own`() async throws {
        // The first answer goes out on a connection that the server then closes without a word.
        let server = try ScriptedServer { connection in
            connection.readRequest()
            connection.respond(body: Self.answer)
        }
        defer { server.stop() }
        try await withTransport { transport in
            let channel = MessengerChannel(
                transport: transport,
                graphURL: server.url("/v25.0"),
                timeLimits: Self.limits,
                tokens: [Self.page: "page-token"]
            )
            for number in 1...3 {
                let key = DeliveryKey(
                    instance: "test",
                    enrollment: EnrollmentID(rawValue: 7),
                    step: "hello",
                    part: number
                )
                let outcome = await channel.deliver(
                    .text("Xin chào", buttons: []),
                    from: Self.page,
                    to: .person("5678"),
                    key: key
                )
                // Accepted, or in doubt where the close came just then: never sent twice.
                #expect(outcome.errorClass == nil || isInDoubt(outcome), "\(outcome)")
            }
            #expect(server.requests.count <= 3)
        }
    }
}
