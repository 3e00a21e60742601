import Channels
import ControlAPI
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
                #expect(response.text == "the signature does not match the body")
            }
            #expect(try await site.state.store.status().people == 0)
        }
    }

    @Test func `a body that is no webhook is refused`() async throws {
        try await Site.run { site in
            let broken = try await site.post("{")
            #expect((broken.status, broken.text) == (400, "the body is not JSON"))
            let other = try await site.post("[]")
            #expect((other.status, other.text) == (400, "the body is not a webhook from the platform"))
        }
    }

    @Test func `a body of 1 MiB is taken, a larger one is not`() async throws {
        try await Site.run { site in
            let padding = String(repeating: " ", count: (1 << 20) - Self.message.utf8.count)
            #expect(try await site.post(Self.message + padding).status == 200)
            let response = try await site.post(Self.message + padding + " ")
            #expect((response.status, response.text) == (413, "the body is too long"))
        }
    }

    @Test func `it is healthy while it answers, and ready when nothing is in the way`() async throws {
        for (obstacles, status, text) in [
            ([], 200, "ready\n"),
            (
                ["page 1 is stopped: 190 gone", "dripd is held"], 503,
                "not ready\n- page 1 is stopped: 190 gone\n- dripd is held\n"
            ),
        ] {
            try await Site.run(obstacles: obstacles) { site in
                let health = try await site.get("/healthz")
                #expect((health.status, health.text) == (200, "ok\n"))
                let ready = try await site.get("/readyz")
                #expect((ready.status, ready.text) == (status, text))
            }
        }
    }

    @Test func `who asks for JSON is told in JSON what is in the way`() async throws {
        try await Site.run(obstacles: ["page 1 is stopped: 190 gone"]) { site in
            let response = try await site.get("/readyz", headers: [HTTPHeader("Accept", "application/json")])
            #expect(response.status == 503)
            #expect(response.text == #"{"ready":false,"reasons":["page 1 is stopped: 190 gone"]}"#)
        }
    }

    @Test func `what was counted is there for Prometheus, with how things stand when it asks`() async throws {
        let metrics = PrometheusFactory()
        for kind in ["message", "echo", "message"] {
            Counter(label: "dripd_events_total", dimensions: [("kind", kind)], factory: metrics).increment()
        }
        Counter(label: "odd_total", dimensions: [("a", "x\"y\\z\n"), ("b", "")], factory: metrics).increment()
        Recorder(label: "kept_by_nobody", aggregate: true, factory: metrics).record(7)
        let asked = Observation(version: "1.2", now: .start, limiters: [], filesAreRefused: true, state: nil)
        try await Site.run(metrics: metrics, observation: asked) { site in
            let response = try await site.get("/metrics")
            #expect(response.status == 200)
            #expect(response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(
                response.text == #"""
                    # HELP dripd_build_info Always 1; the version of dripd that runs.
                    # TYPE dripd_build_info gauge
                    dripd_build_info{version="1.2"} 1
                    # HELP dripd_database_up 1 while the state can be read, otherwise 0; metrics that come from it are then missing.
                    # TYPE dripd_database_up gauge
                    dripd_database_up 0
                    # HELP dripd_events_total New events from the platform, by kind.
                    # TYPE dripd_events_total counter
                    dripd_events_total{kind="echo"} 1
                    dripd_events_total{kind="message"} 2
                    # HELP dripd_files_refused 1 while the sequence files on the disk are refused and not in force, otherwise 0.
                    # TYPE dripd_files_refused gauge
                    dripd_files_refused 1
                    # TYPE odd_total counter
                    odd_total{a="x\"y\\z\n",b=""} 1

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
        obstacles: [String] = [],
        metrics: PrometheusFactory = PrometheusFactory(),
        observation: Observation = Observation(
            version: "",
            now: .start,
            limiters: [],
            filesAreRefused: false,
            state: nil
        ),
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
            onUnknownPerson: {},
            onPolicyNotice: { _ in }
        )
        let server = PublicServer(
            intake: intake,
            verifyToken: { verifyToken },
            readiness: SendReadiness([ReadinessCheck(name: "test") { obstacles }], limit: .seconds(60)),
            metrics: metrics,
            observe: { observation },
            logger: .silent
        )
        try await running { ready in
            server.service(host: "127.0.0.1", port: 0) { ready($0) }
        } _: { transport, port in
            try await body(Site(state: state, transport: transport, port: port))
        }
    }

    func get(_ path: String, headers: [HTTPHeader] = []) async throws -> HTTPResponse {
        try await transport.send(
            HTTPRequest(method: .get, url: "http://127.0.0.1:\(port)\(path)", headers: headers)
        )
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
