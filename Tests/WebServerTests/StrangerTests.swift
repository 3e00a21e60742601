import DripCore
import DripEngine
import Foundation
import Logging
import TestSupport
import Testing
import WebServer

/// Who holds a connection without using it, or says what is no HTTP, is cut off, and keeps nobody else out.
@Suite(.timeLimit(.minutes(1))) struct StrangerTests {
    /// Without it no body is read.
    private static let signature = "X-Hub-Signature-256: sha256=\(String(repeating: "0", count: 64))\r\n"
    private static let head =
        "POST /webhooks/messenger HTTP/1.1\r\nHost: x\r\n\(signature)Content-Length: 100000\r\n\r\n"

    @Test(arguments: [
        // What is sent at once, and what is then sent a byte at a time.
        ("", ""), ("GET /healthz HT", ""),
        ("", "GET /healthz HTTP/1.1\r\nX-Long: \(String(repeating: "x", count: 5000))"),
        (head, ""), (head + "half", ""), (head, String(repeating: "x", count: 90_000)),
    ])
    func `is cut off`(atOnce: String, slowly: String) async throws {
        try await Self.run { port in
            let client = try Stranger(port: port)
            #expect(await client.isCutOff(sending: atOnce, then: slowly))
        }
    }

    @Test func `a connection that is used again and again in time stays`() async throws {
        try await Self.run(ClientLimits(idle: .seconds(30), request: .seconds(30), connections: 9)) { port in
            let client = try Stranger(port: port)
            for _ in 0..<3 {
                #expect(
                    await client.answer(to: "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").hasPrefix("HTTP/1.1 200 OK")
                )
            }
        }
    }

    private static let decent = ClientLimits(idle: .seconds(30), request: .seconds(30), connections: 9)

    @Test(arguments: [
        "GET /healthz HTTP/1.0\r\n\r\n", "GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Close\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close, TE\r\n\r\n",
    ])
    func `a client that waits for the end of the connection gets one`(request: String) async throws {
        try await Self.run(Self.decent) { port in
            let answer = try await Stranger(port: port).allAnswers(to: Array(request.utf8))
            #expect(answer.contains(" 200 OK\r\n"))
            #expect(answer.lowercased().contains("\r\nconnection: close\r\n"))
            #expect(answer.hasSuffix("\r\n\r\nok\n"))
        }
    }

    @Test(arguments: [("/healthz", 200), ("/readyz", 200), ("/metrics", 200), ("/webhooks/messenger", 403)])
    func `HEAD is answered as GET is, without the body`(path: String, status: Int) async throws {
        try await Self.run(Self.decent) { port in
            let request = "HEAD \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            let answer = try await Stranger(port: port).allAnswers(to: Array(request.utf8))
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
            #expect(answer.hasSuffix("\r\n\r\n"))
        }
    }

    @Test func `a client that asks whether to send its body is told to, and one whose body is too long is not`()
        async throws
    {
        try await Self.run(Self.decent) { port in
            func ask(_ length: Int) async throws -> String {
                let head = "POST /webhooks/messenger HTTP/1.1\r\nHost: x\r\n\(Self.signature)Expect: 100-continue\r\n"
                return try await Stranger(port: port).answer(to: head + "Content-Length: \(length)\r\n\r\n")
            }
            let (fits, tooLong) = (try await ask(1_048_576), try await ask(1_048_577))
            #expect(fits == "HTTP/1.1 100 Continue\r\n\r\n")
            #expect(tooLong.hasPrefix("HTTP/1.1 413 "))
        }
    }

    @Test(arguments: [
        "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloXX",
        "Content-Length: 100\r\n\r\nhalf",
    ])
    func `a body that a client breaks off or garbles is no error of ours`(rest: String) async throws {
        let recorder = Recorder()
        try await Self.run(Self.decent, Logger(recordingInto: recorder)) { port in
            let head = "POST /webhooks/messenger HTTP/1.1\r\nHost: x\r\n\(Self.signature)"
            let answer = try await Stranger(port: port).allAnswers(to: Array((head + rest).utf8), thenHangsUp: true)
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer)")
        }
        #expect(recorder.all.filter { !$0.hasPrefix("info ") } == [])
    }

    @Test func `of more connections than there may be the oldest end, and the newest are served`() async throws {
        let limits = ClientLimits(idle: .seconds(30), request: .seconds(30), connections: 3)
        let recorder = Recorder()
        try await Self.run(limits, Logger(recordingInto: recorder)) { port in
            let request = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
            var clients: [Stranger] = []
            for _ in 1...9 {
                let client = try Stranger(port: port)
                #expect(await client.answer(to: request).hasPrefix("HTTP/1.1 200 OK"))
                clients.append(client)
            }
            for client in clients.prefix(6) { #expect(await client.isCutOff(sending: "", then: "")) }
            for client in clients.suffix(3) { #expect(await client.answer(to: request).hasPrefix("HTTP/1.1 200 OK")) }
        }
        #expect(recorder.all == ["warning more than 3 connections at once: idle ones are closed first"])
    }

    @Test func `whatever a damaged request says, it is answered or cut off`() async throws {
        let body = #"{"object":"page","entry":[]}"#
        let whole = """
            POST /webhooks/messenger HTTP/1.1\r
            Host: x\r
            X-Hub-Signature-256: sha256=1a82db3abc2fa71a3fffecfedef579a8468a44850cd8a83a0c56974faff81689\r
            Content-Type: application/json\r
            Content-Length: \(body.utf8.count)\r
            \r
            \(body)
            """
        let limits = ClientLimits(idle: .milliseconds(500), request: .seconds(2), connections: 500)
        try await Self.run(limits) { port in
            try await Self.isServed(whole, port: port)
            try await withThrowingTaskGroup(of: (UInt64, String).self) { group in
                for seed in 0..<300 as Range<UInt64> {
                    var damage = Damage(seed: seed)
                    let (stranger, bytes) = (try Stranger(port: port), damage.damaged(Array(whole.utf8)))
                    group.addTask { (seed, await stranger.allAnswers(to: bytes)) }
                }
                for try await (seed, answer) in group {
                    // 501 and 505: a transfer coding, or a version of HTTP, that the damage has made up.
                    let isDecent = ["HTTP/1.1 2", "HTTP/1.1 4", "HTTP/1.1 501", "HTTP/1.1 505"].contains {
                        answer.hasPrefix($0)
                    }
                    #expect(isDecent || answer.isEmpty, "\(seed): \(answer)")
                }
            }
            try await Self.isServed("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", port: port)
        }
    }

    /// On a busy machine limits as short as these cut off a decent client, too, and it comes again.
    private static func isServed(_ request: String, port: Int) async throws {
        while case let answer = try await Stranger(port: port).answer(to: request), !answer.hasPrefix("HTTP/1.1 200 OK")
        {
            guard answer.isEmpty, !Task.isCancelled else {
                Issue.record("answered: \(answer)")
                return
            }
        }
    }

    static func run(
        _ limits: ClientLimits = ClientLimits(
            idle: .milliseconds(150),
            request: .milliseconds(300),
            connections: 9
        ),
        _ logger: Logger = .silent,
        readiness: SendReadiness = SendReadiness([]),
        observe: @escaping @Sendable () async -> Void = {},
        _ body: (Int) async throws -> Void
    ) async throws {
        let state = try await TemporaryStore([])
        let server = PublicServer(
            intake: Intake(
                store: state.store,
                clock: ManualClock(.start),
                eventTime: .platform,
                appSecret: "test-app-secret",
                logger: logger,
                wake: {},
                onUnknownPerson: {},
                onPolicyNotice: { _ in }
            ),
            verifyToken: { "" },
            readiness: readiness,
            metrics: PrometheusFactory(),
            observe: {
                await observe()
                return Observation(version: "", now: .start, limiters: [], filesAreRefused: false, state: nil)
            },
            logger: logger
        )
        try await running { ready in
            server.service(host: "127.0.0.1", port: 0, limits: limits) { ready($0) }
        } _: { _, port in
            try await body(port)
        }
    }
}
