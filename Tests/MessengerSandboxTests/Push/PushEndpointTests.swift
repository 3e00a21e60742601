import Channels
import Crypto
import DripCore
import Foundation
import ServiceLifecycle
import Testing

@testable import MessengerSandbox

/// The push service over real connections.
@Suite(.timeLimit(.minutes(5)))
struct PushEndpointTests {
    private let key = VAPIDKey()

    /// Subscribes a browser over the control plane.
    private func subscribe(_ server: LiveServer) async throws -> (endpoint: String, path: String) {
        let answer = try await server.post(
            "/sandbox/push/subscriptions",
            #"{"application_server_key":"\#(key.applicationServerKey)"}"#
        )
        let json = try JSON(bytes: Array(answer.utf8.drop { $0 != UInt8(ascii: "{") }))
        let endpoint = try #require(json["endpoint"]?.string)
        let origin = "http://127.0.0.1:\(server.port)"
        #expect(endpoint.hasPrefix(origin + "/push/"))
        return (endpoint, String(endpoint.dropFirst(origin.count)))
    }

    private func send(
        _ text: String,
        to path: String,
        _ server: LiveServer,
        more: [(String, String)] = [],
        body: [UInt8]? = nil
    ) async throws -> String {
        let subscription = try #require(server.sandbox.push.subscriptions.first)
        let authorization = try key.authorization(
            for: "http://127.0.0.1:\(server.port)",
            contact: "mailto:it@shop.example",
            now: Instant(milliseconds: TestPlatform.start)
        )
        return try await server.post(
            path,
            try body ?? TestPush.encrypt(text, for: subscription),
            fields: [("TTL", "60"), ("Content-Encoding", "aes128gcm"), ("Authorization", authorization)] + more
        )
    }

    @Test func `a message is posted, and listed`() async throws {
        try await LiveServer.run { server, _ in
            let (endpoint, path) = try await subscribe(server)
            async let polled = server.get("/sandbox/push/notifications?wait=60")
            let answer = try await send(
                #"{"title":"Chào"}"#,
                to: path,
                server,
                more: [("Topic", "a"), ("Urgency", "low")]
            )
            #expect(answer.hasPrefix("HTTP/1.1 201 Created\r\n"))
            #expect(answer.contains("Location: http://127.0.0.1:\(server.port)/push/messages/1\r\n"))
            #expect(answer.contains("TTL: 60\r\n"))
            let expected = """
                [{"number":1,"at":1459991487970,"endpoint":"\(endpoint.replacing("/", with: "\\/"))","state":"delivered",\
                "payload":"{\\"title\\":\\"Ch\\u00e0o\\"}","problem":null,"ttl":60,"urgency":"low","topic":"a"}]
                """
            #expect(try await polled.hasSuffix(expected))
            #expect(try await server.get("/sandbox/push/notifications?after=1").hasSuffix("[]"))
        }
    }

    @Test func `a subscription is listed and ended`() async throws {
        try await LiveServer.run { server, _ in
            let (endpoint, path) = try await subscribe(server)
            #expect(
                try await server.post("/sandbox/push/browser", #"{"endpoint":"\#(endpoint)","online":false}"#)
                    .hasSuffix(#"{"online":false,"gone":false}"#)
            )
            _ = try await send("hi", to: path, server)
            #expect(server.sandbox.push.notifications(after: 0).map(\.state) == [.waiting])
            #expect(
                try await server.post("/sandbox/push/browser", #"{"endpoint":"\#(endpoint)","gone":true}"#)
                    .hasSuffix(#"{"online":false,"gone":true}"#)
            )
            #expect(try await send("hi", to: path, server).hasPrefix("HTTP/1.1 410 "))
            let list = try await server.get("/sandbox/push/subscriptions")
            #expect(
                list.hasSuffix(
                    #""application_server_key":"\#(key.applicationServerKey)","online":false,"gone":true}]"#
                )
            )
            let unknown = try await server.post("/sandbox/push/browser", #"{"endpoint":"x"}"#)
            #expect(unknown.hasPrefix("HTTP/1.1 404 "))
            #expect(unknown.hasSuffix(#"{"error":"there is no subscription x"}"#))
        }
    }

    @Test func `an endpoint must be used as it is`() async throws {
        try await LiveServer.run { server, _ in
            let (_, path) = try await subscribe(server)
            #expect(path.hasSuffix("%2fsandbox"))
            #expect(try await send("hi", to: path.replacing("%2f", with: "%2F"), server).hasPrefix("HTTP/1.1 404 "))
            #expect(
                try await send("hi", to: path.replacing("%2f", with: "/"), server).hasPrefix("HTTP/1.1 201 ") == false
            )
            #expect(try await send("hi", to: path, server).hasPrefix("HTTP/1.1 201 "))
        }
    }

    @Test(arguments: [4096, 4097, 1 << 21])
    func `a message that is too large is refused`(count: Int) async throws {
        try await LiveServer.run { server, _ in
            let (_, path) = try await subscribe(server)
            let answer = try await send("", to: path, server, body: [UInt8](repeating: 7, count: count))
            #expect(answer.hasPrefix(count > 4096 ? "HTTP/1.1 413 " : "HTTP/1.1 201 "))
        }
    }

    @Test func `faults are asked for by the control plane`() async throws {
        try await LiveServer.run { server, _ in
            let (endpoint, path) = try await subscribe(server)
            func inject(_ fault: String) async throws {
                #expect(try await server.post("/sandbox/push/faults", fault).hasPrefix("HTTP/1.1 200 "))
            }
            try await inject(#"{"kind":"error","status":429,"retry_after":"120","endpoint":"\#(endpoint)"}"#)
            let slow = try await send("hi", to: path, server)
            #expect(slow.hasPrefix("HTTP/1.1 429 ") && slow.contains("Retry-After: 120\r\n"))
            try await inject(#"{"kind":"error","status":403}"#)
            let forbidden = try await send("hi", to: path, server)
            #expect(forbidden.hasPrefix("HTTP/1.1 403 ") && forbidden.contains("Content-Type: text/plain"))
            try await inject(#"{"kind":"error","status":406}"#)
            #expect(try await send("hi", to: path, server).contains("X-WNS-Status: appthrottled\r\n"))
            try await inject(#"{"kind":"refuse"}"#)
            #expect(try await send("hi", to: path, server) == "")
            #expect(server.sandbox.push.notifications(after: 0).isEmpty)
            try await inject(#"{"kind":"lost_answer"}"#)
            #expect(try await send("hi", to: path, server) == "")
            #expect(server.sandbox.push.notifications(after: 0).count == 1)
            try await inject(#"{"kind":"error","status":500,"count":9}"#)
            _ = try await server.delete("/sandbox/push/faults")
            #expect(try await send("hi", to: path, server).hasPrefix("HTTP/1.1 201 "))
        }
    }

    @Test func `a late answer belongs to a message that arrived at once`() async throws {
        try await LiveServer.run { server, services in
            let (_, path) = try await subscribe(server)
            try server.sandbox.push.inject(PushFault(kind: .delay(milliseconds: 600_000)))
            async let delayed = send("late", to: path, server)
            let arrived = await server.sandbox.push.notifications(after: 0, within: .seconds(60))
            #expect(arrived.map(\.payload) == ["late"])
            await services.triggerGracefulShutdown()
            #expect(try await delayed.hasPrefix("HTTP/1.1 201 "))
        }
    }

    @Test(arguments: [
        (#"{"kind":"error"}"#, "status is missing"),
        (#"{"kind":"error","status":200}"#, "status must be from 400 to 599"),
        (#"{"kind":"delay"}"#, "milliseconds is missing"),
        (#"{"kind":"flood"}"#, "kind must be one of delay, error, lost_answer, refuse"),
        (#"{"kind":"refuse","count":0}"#, "count must be from 1 to 100000"),
    ])
    func `a fault that cannot be is refused`(body: String, reason: String) async throws {
        try await LiveServer.run { server, _ in
            let answer = try await server.post("/sandbox/push/faults", body)
            #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.hasSuffix(#"{"error":"\#(reason)"}"#))
        }
    }
}
