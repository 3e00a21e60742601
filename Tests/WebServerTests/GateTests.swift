import DripEngine
import Foundation
import Logging
import Synchronization
import TestSupport
import Testing
import WebServer

/// What stands between a connection's bytes and the routes: one budget for bodies, places for whom they are of use to, and a log
/// that strangers cannot fill.
@Suite(.timeLimit(.minutes(1))) struct GateTests {
    private static func head(_ length: Int) -> String {
        """
        POST /webhooks/messenger HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: \(length)\r\n\
        X-Hub-Signature-256: sha256=\(String(repeating: "0", count: 64))\r\n\r\n
        """
    }

    private static func body(_ length: Int) -> String { String(repeating: "x", count: length) }

    private static let small = ClientLimits(
        idle: .seconds(50),
        request: .seconds(50),
        connections: 50,
        bodies: BodyLimits(total: 100_000, small: 1_000, perPeer: 8)
    )

    @Test
    func `without room for a body the platform is told to come again, and a small one takes the place of a large`()
        async throws
    {
        try await StrangerTests.run(Self.small) { port in
            var large = try Stranger(port: port)
            await large.send(Self.head(90_000) + Self.body(80_000))
            // Until that has been read, there is room. If it is read while another has its place, it is refused itself.
            var answer = ""
            repeat {
                if large.hasAnswer {
                    large = try Stranger(port: port)
                    await large.send(Self.head(90_000) + Self.body(80_000))
                }
                answer = try await Stranger(port: port).allAnswers(
                    to: Array((Self.head(50_000) + Self.body(50_000)).utf8)
                )
            } while answer.hasPrefix("HTTP/1.1 401 ")
            #expect(answer.hasPrefix("HTTP/1.1 503 "), "\(answer)")
            #expect(answer.lowercased().contains("\r\nretry-after: 5\r\n"))
            #expect(answer.hasSuffix("\r\n\r\ntoo many bodies at once: send it again later"))
            // Now it is full to the last thousand.
            var second = try Stranger(port: port)
            await second.send(Self.head(50_000) + Self.body(19_500))
            repeat {
                // It is refused where it is read while a small one still has its place.
                if second.hasAnswer {
                    second = try Stranger(port: port)
                    await second.send(Self.head(50_000) + Self.body(19_500))
                }
                answer = try await Stranger(port: port).allAnswers(to: Array((Self.head(900) + Self.body(900)).utf8))
                #expect(answer.hasPrefix("HTTP/1.1 401 "), "\(answer)")
            } while !large.hasAnswer
            #expect(await large.allAnswers(to: []).hasPrefix("HTTP/1.1 503 "))
        }
    }

    @Test func `a connection that is being answered stays, whoever comes`() async throws {
        let (asked, ask) = AsyncStream.makeStream(of: Void.self)
        let (answers, answer) = AsyncStream.makeStream(of: Void.self)
        let slow = SendReadiness(
            [
                ReadinessCheck(name: "test") {
                    ask.yield()
                    for await _ in answers { break }
                    return []
                }
            ],
            limit: .seconds(50)
        )
        let limits = ClientLimits(idle: .seconds(50), request: .seconds(50), connections: 3)
        try await StrangerTests.run(limits, readiness: slow) { port in
            let proxy = try Stranger(port: port)
            async let ready = proxy.answer(to: "GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
            for await _ in asked { break }
            // They stay connected, so that each needs the place of one before it.
            var others: [Stranger] = []
            defer { others.removeAll() }
            for _ in 1...20 {
                let other = try Stranger(port: port)
                others.append(other)
                let health = await other.answer(to: "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(health.hasPrefix("HTTP/1.1 200 OK"))
            }
            answer.finish()
            #expect(await ready.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test func `a thousand refused requests are a line`() async throws {
        let recorder = Recorder()
        let limits = ClientLimits(idle: .seconds(50), request: .seconds(50), connections: 50)
        try await StrangerTests.run(limits, Logger(recordingInto: recorder)) { port in
            let verify = "GET /webhooks/messenger?hub.mode=subscribe&hub.verify_token=x&hub.challenge=1 HTTP/1.1\r\n"
            for request in [
                "POST /webhooks/messenger HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", Self.head(2) + "{}",
                Self.head(2_000_000), verify + "Host: x\r\nConnection: close\r\n\r\n", verify + "\r\n",
                "\u{16}\u{3}\u{1}",
                "nonsense\r\n\r\n",
            ] {
                for _ in 0..<100 {
                    _ = try await Stranger(port: port).allAnswers(to: Array(request.utf8), thenHangsUp: true)
                }
            }
        }
        #expect(
            recorder.all.sorted() == [
                "info request refused count=1 result=bad_host", "info request refused count=1 result=bad_http",
                "info request refused count=1 result=tls",
                "warning too many wrong verify tokens from one address: its verifications wait for a minute count=1",
                "warning webhook refused count=1 result=bad_signature",
                "warning webhook refused count=1 result=too_large",
                "warning webhook verification refused: is the verify token the one in the app's dashboard? count=1",
            ]
        )
    }

    @Test func `metrics are written once for all who ask at once`() async throws {
        let written = Mutex(0)
        let (answers, answer) = AsyncStream.makeStream(of: Void.self)
        let limits = ClientLimits(idle: .seconds(50), request: .seconds(50), connections: 100)
        let observe: @Sendable () async -> Void = {
            written.withLock { $0 += 1 }
            for await _ in answers { break }
        }
        try await StrangerTests.run(limits, observe: observe) { port in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<40 {
                    let stranger = try Stranger(port: port)
                    group.addTask { await stranger.answer(to: "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n") }
                }
                answer.finish()
                for try await text in group { #expect(text.hasPrefix("HTTP/1.1 200 OK")) }
            }
        }
        // More than once only where the forty took seconds.
        #expect(written.withLock { $0 } < 10)
    }
}
