import Channels
import Crypto
import DripCore
import DripEngine
import Foundation
import GRDB
import Metrics
import TestSupport
import Testing
import WebServer

@testable import DripStore

/// What the platform and the monitoring see, over HTTP.
@Suite(.timeLimit(.minutes(1)))
struct PublicServerTests {
    private static let message =
        #"{"object":"page","entry":[{"id":"1234567890","messaging":[{"sender":{"id":"5678"},"message":{"mid":"m_1"}}]}]}"#

    @Test(arguments: ["1158201444", "CHALLENGE_ACCEPTED", "a%2Bb%20c%26d"])
    func `the handshake gives the challenge back as it is`(challenge: String) async throws {
        try await Site.run { site in
            let response = try await site.get(
                "/webhooks/messenger?hub.mode=subscribe&hub.verify_token=my-token&hub.challenge=\(challenge)"
            )
            #expect(response.status == 200)
            #expect(response.text == challenge.removingPercentEncoding)
            #expect(response.headers["content-type"] == "text/plain; charset=utf-8")
        }
    }

    @Test(arguments: [
        "", "?hub.mode=subscribe&hub.verify_token=my-token", "?hub.mode=subscribe&hub.challenge=1",
        "?hub.mode=subscribe&hub.verify_token=other&hub.challenge=1",
        "?hub.mode=subscribe&hub.verify_token=my-toke&hub.challenge=1",
        "?hub.mode=subscribe&hub.verify_token=my-tokenmy-token&hub.challenge=1",
        "?hub.mode=subscribe&hub.verify_token=&hub.challenge=1",
        "?hub.mode=unsubscribe&hub.verify_token=my-token&hub.challenge=1",
    ])
    func `any other handshake is refused`(query: String) async throws {
        try await Site.run { site in
            let response = try await site.get("/webhooks/messenger\(query)")
            #expect(response.status == 403)
            #expect(response.text == "")
        }
    }

    @Test func `nobody knows an empty verify token`() async throws {
        try await Site.run(verifyToken: "") { site in
            for token in ["", "x"] {
                let response = try await site.get(
                    "/webhooks/messenger?hub.mode=subscribe&hub.verify_token=\(token)&hub.challenge=1"
                )
                #expect(response.status == 403)
            }
        }
    }

    @Test func `a webhook is taken when it is on the disk, and the same one changes nothing`() async throws {
        try await Site.run { site in
            for _ in 0..<2 {
                let response = try await site.post(Self.message)
                #expect(response.status == 200)
                #expect(response.text == "EVENT_RECEIVED")
            }
            let status = try await site.state.store.status()
            #expect((status.people, status.enrolled) == (1, 1))
        }
    }

    @Test func `while the disk takes nothing, the platform is told to send it again`() async throws {
        try await Site.run { site in
            try await site.state.store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = 1") }
            let refused = try await site.post(Self.message)
            #expect(refused.status == 503)
            #expect(refused.text == "the state cannot be written now")
            try await site.state.store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = 0") }
            #expect(try await site.post(Self.message).status == 200)
        }
    }

    @Test func `a webhook that the app's secret did not sign is refused`() async throws {
        try await Site.run { site in
            for signature in [nil, "sha256=\(String(repeating: "0", count: 64))"] {
                let response = try await site.post(Self.message, signature: signature)
                #expect(response.status == 401)
                #expect(response.text == "the signature does not fit the body")
            }
            #expect(try await site.state.store.status().people == 0)
        }
    }

    @Test func `a body that is no webhook is refused`() async throws {
        try await Site.run { site in
            let broken = try await site.post("{")
            #expect((broken.status, broken.text) == (400, "the body is not JSON"))
            let other = try await site.post("[]")
            #expect((other.status, other.text) == (400, "the body is not a webhook of the platform"))
        }
    }

    @Test func `a body of 1 MiB is taken, a larger one is not`() async throws {
        try await Site.run { site in
            let padding = String(repeating: " ", count: (1 << 20) - Self.message.utf8.count)
            #expect(try await site.post(Self.message + padding).status == 200)
            let response = try await site.post(Self.message + padding + " ")
            #expect((response.status, response.text) == (413, "the body is over 1048576 bytes"))
        }
    }

    @Test func `it is healthy while it answers, and ready when told`() async throws {
        for isReady in [true, false] {
            try await Site.run(isReady: isReady) { site in
                let health = try await site.get("/healthz")
                #expect((health.status, health.text) == (200, "ok\n"))
                let ready = try await site.get("/readyz")
                #expect((ready.status, ready.text) == (isReady ? (200, "ready\n") : (503, "not ready\n")))
            }
        }
    }

    @Test func `counters are there for Prometheus, and gauges, read when it asks`() async throws {
        let metrics = PrometheusFactory()
        let events = ["message", "echo", "message"]
        for kind in events {
            Counter(label: "dripd_events_total", dimensions: [("kind", kind)], factory: metrics).increment()
        }
        Counter(label: "dripd_events_duplicate_total", factory: metrics).increment(by: 3)
        Counter(label: "odd_total", dimensions: [("a", "x\"y\\z\n"), ("b", "")], factory: metrics).increment()
        Recorder(label: "kept_by_nobody", aggregate: true, factory: metrics).record(7)
        let gauge = Gauge(label: "dripd_page_used_percent", dimensions: [("page", "1")], factory: metrics)
        gauge.record(7)
        let observe: @Sendable () -> Void = { gauge.record(82) }
        try await Site.run(metrics: metrics, observe: observe) { site in
            let response = try await site.get("/metrics")
            #expect(response.status == 200)
            #expect(response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(
                response.text == #"""
                    # TYPE dripd_events_duplicate_total counter
                    dripd_events_duplicate_total 3
                    # TYPE dripd_events_total counter
                    dripd_events_total{kind="echo"} 1
                    dripd_events_total{kind="message"} 2
                    # TYPE odd_total counter
                    odd_total{a="x\"y\\z\n",b=""} 1
                    # TYPE dripd_page_used_percent gauge
                    dripd_page_used_percent{page="1"} 82.0

                    """#
            )
        }
    }

    @Test func `nothing else is there`() async throws {
        try await Site.run { site in
            for path in ["/", "/status", "/people", "/webhooks"] {
                let response = try await site.get(path)
                #expect(response.status == 404)
            }
        }
    }
}

/// A public server on a free port of this machine.
private struct Site {
    let state: TemporaryStore
    private let transport: CurlTransport
    private let port: Int

    static func run(
        verifyToken: String = "my-token",
        isReady: Bool = true,
        metrics: PrometheusFactory = PrometheusFactory(),
        observe: @escaping @Sendable () -> Void = {},
        _ body: (Site) async throws -> Void
    ) async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        let intake = Intake(
            store: state.store,
            clock: ManualClock(.start),
            eventTime: .platform,
            appSecret: "test-app-secret",
            logger: .silent,
            wake: {},
            met: {},
            heard: { _ in }
        )
        let server = PublicServer(
            intake: intake,
            verifyToken: { verifyToken },
            isReady: { isReady },
            metrics: metrics,
            observe: observe,
            logger: .silent
        )
        try await running { ready in
            server.service(host: "127.0.0.1", port: 0) { ready($0) }
        } _: { transport, port in
            try await body(Site(state: state, transport: transport, port: port))
        }
    }

    func get(_ path: String) async throws -> HTTPResponse {
        try await transport.send(HTTPRequest(method: .get, url: "http://127.0.0.1:\(port)\(path)"))
    }

    /// Posts a webhook, signed with the app's secret.
    func post(_ body: String) async throws -> HTTPResponse {
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(body.utf8),
            using: SymmetricKey(data: Data("test-app-secret".utf8))
        )
        return try await post(body, signature: "sha256=" + code.map { String(format: "%02x", $0) }.joined())
    }

    func post(_ body: String, signature: String?) async throws -> HTTPResponse {
        try await transport.send(
            .postJSON(
                Array(body.utf8),
                to: "http://127.0.0.1:\(port)/webhooks/messenger",
                headers: signature.map { [HTTPHeader("X-Hub-Signature-256", $0)] } ?? []
            )
        )
    }
}
