import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import MessengerSandbox

/// The whole sandbox over real connections.
@Suite(.timeLimit(.minutes(5)))
struct SandboxApplicationTests {
    @Test func `a message goes in over HTTP and comes out of the log`() async throws {
        try await LiveServer.run { server, _ in
            let written = try await server.post("/sandbox/write", #"{"person":"5678","name":"Lan","text":"chào"}"#)
            #expect(written.hasSuffix(#"{"person":"5678","name":"Lan"}"#))
            let sent = try await server.sendText()
            #expect(sent.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(!sent.contains("X-App-Usage"))
            #expect(sent.hasSuffix(#"{"recipient_id":"5678","message_id":"m_7-2"}"#))
            let messages = try await server.get("/sandbox/messages?after=1&person=5678")
            #expect(
                messages.hasSuffix(
                    """
                    [{"number":2,"at":1459991487970,"direction":"out","person":"5678","message_id":"m_7-2",\
                    "text":"hi","attachments":[],"buttons":[],"cards":[],"quick_replies":[],"metadata":null,"ref":null}]
                    """
                )
            )
            let people = try await server.get("/sandbox/people")
            #expect(
                people.hasSuffix(
                    """
                    [{"id":"5678","name":"Lan","blocked":false,"unread":1,"window_open":true,\
                    "window_closes_at":1460077887970,"window_left":86400000}]
                    """
                )
            )
        }
    }

    @Test func `an address that is taken is named`() async throws {
        try await LiveServer.run { server, _ in
            var configuration = TestPlatform.configuration
            configuration.port = server.port
            let logger = Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }
            let second = try Sandbox(
                configuration: configuration,
                run: 8,
                now: { TestPlatform.start },
                post: { _, _, _ in 200 },
                logger: logger
            )
            await #expect(
                throws: SandboxConfigurationError.cannotListen(
                    address: "127.0.0.1:\(server.port)",
                    why: "Address already in use"
                )
            ) {
                try await SandboxApplication(sandbox: second, logger: logger) { _ in }.run()
            }
        }
    }

    @Test func `errors have their HTTP status`() async throws {
        try await LiveServer.run { server, _ in
            let token = try await server.post("/v25.0/me/messages?access_token=WRONG", "{}")
            #expect(token.hasPrefix("HTTP/1.1 401 "))
            let huge = String(repeating: " ", count: 1 << 20) + "{}"
            let tooLarge = try await server.post("/v25.0/me/messages?access_token=TOKEN", huge)
            #expect(tooLarge.hasPrefix("HTTP/1.1 413 "))
            #expect(tooLarge.contains("(#100) The request body is over 1 MiB"))
            let unknown = try await server.post("/sandbox/block", #"{"person":"1","blocked":true}"#)
            #expect(unknown.hasPrefix("HTTP/1.1 404 "))
            #expect(unknown.hasSuffix(#"{"error":"there is no person 1"}"#))
        }
    }

    @Test(arguments: [("lost_answer", 2), ("refuse", 1)])
    func `a connection is closed without a byte`(kind: String, lastNumber: Int) async throws {
        try await LiveServer.run { server, _ in
            try server.sandbox.write(as: "5678", name: nil, text: "hi", ref: nil)
            _ = try await server.post("/sandbox/faults", #"{"kind":"\#(kind)","person":"5678"}"#)
            #expect(try await server.sendText() == "")
            #expect(server.sandbox.messages(after: 0, of: nil).last?.number == lastNumber)
            #expect(try await server.sendText().hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func `a delayed answer holds up nobody else`() async throws {
        try await LiveServer.run { server, services in
            try server.sandbox.write(as: "5678", name: nil, text: "hi", ref: nil)
            _ = try await server.post("/sandbox/faults", #"{"kind":"delay","milliseconds":600000}"#)
            async let delayed = server.sendText()
            let arrived = await server.sandbox.messages(after: 1, of: "5678", within: .seconds(60))
            #expect(arrived.map(\.text) == ["hi"])
            #expect(try await server.sendText().hasSuffix(#"{"recipient_id":"5678","message_id":"m_7-3"}"#))
            await services.triggerGracefulShutdown()
            #expect(try await delayed.hasSuffix(#"{"recipient_id":"5678","message_id":"m_7-2"}"#))
        }
    }

    @Test func `faults can be taken back`() async throws {
        try await LiveServer.run { server, _ in
            try server.sandbox.write(as: "5678", name: nil, text: "hi", ref: nil)
            _ = try await server.post("/sandbox/faults", #"{"kind":"error","code":551,"subcode":1545041,"count":9}"#)
            #expect(try await server.sendText().contains(#""code":551,"error_subcode":1545041"#))
            _ = try await server.delete("/sandbox/faults")
            #expect(try await server.sendText().hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func `a long poll is answered as soon as there is a message`() async throws {
        try await LiveServer.run { server, _ in
            async let polled = server.get("/sandbox/messages?after=0&wait=60")
            try server.sandbox.write(as: "5678", name: nil, text: "at last", ref: nil)
            #expect(try await polled.contains("at last"))
        }
    }

    /// Held up, the shutdown would take at least the minute that the poll asks for: no less says so on a machine that is busy.
    @Test(.timeLimit(.minutes(5)))
    func `a long poll does not hold up the shutdown`() async throws {
        var start = ContinuousClock.now
        try await LiveServer.run { server, services in
            start = .now
            async let polled = server.get("/sandbox/messages?after=0&wait=60")
            _ = try await server.get("/sandbox/people")
            await services.triggerGracefulShutdown()
            // Answered with nothing; without even that, should it have come too late to be accepted.
            _ = try? await polled
        }
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func `the feed has what was written before and after`() async throws {
        try await LiveServer.run { server, _ in
            try server.sandbox.write(as: "5678", name: nil, text: "one", ref: nil)
            var feed = server.sandbox.feed(after: 0).makeAsyncIterator()
            #expect(try #require(await feed.next(isolation: nil)).text == "one")
            try server.sandbox.write(as: "5678", name: nil, text: "two", ref: nil)
            try server.sandbox.write(as: "5678", name: nil, text: "three", ref: nil)
            #expect(try #require(await feed.next(isolation: nil)).text == "two")
            #expect(try #require(await feed.next(isolation: nil)).text == "three")
        }
    }

    @Test func `webhooks are signed, and come in order although the daemon is away at first`() async throws {
        let (received, continuation) = AsyncStream<(headers: [(String, String)], body: String)>.makeStream()
        let failures = Mutex<[Int?]>([nil, 503, nil])
        try await LiveServer.run { headers, body in
            let failure = failures.withLock { $0.isEmpty ? .some(200) : $0.removeFirst() }
            if failure == 200 { continuation.yield((headers, body)) }
            return failure
        } body: { server, _ in
            try server.sandbox.write(as: "5678", name: nil, text: "one", ref: nil)
            try server.sandbox.write(as: "5678", name: nil, text: "two", ref: nil)
            var webhooks = received.makeAsyncIterator()
            let first = try #require(await webhooks.next(isolation: nil))
            #expect(first.body.contains(#""message":{"mid":"m_7-1","text":"one"}"#))
            #expect(
                first.headers.map(\.0) == ["Content-Type", "User-Agent", "X-Hub-Signature-256"]
            )
            #expect(
                first.headers[2].1 == WebhookSignature.value(of: Array(first.body.utf8), secret: "test-app-secret")
            )
            let second = try #require(await webhooks.next(isolation: nil))
            #expect(second.body.contains(#""message":{"mid":"m_7-2","text":"two"}"#))
        }
    }

    @Test func `the chat page is one document that loads nothing from elsewhere`() async throws {
        try await LiveServer.run { server, _ in
            let page = try await server.get("/")
            #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(page.contains("Content-Security-Policy: default-src 'none';"))
            #expect(page.contains("nothing leaves this machine"))
            #expect(!page.contains(" src=") && !page.contains("<link"))
            #expect(try await server.get("/favicon.ico").hasPrefix("HTTP/1.1 204 "))
        }
    }

    @Test func `a page name is text on the chat page, never markup`() {
        let html = ChatPage.html(pageName: #"<b>"&"#)
        #expect(html.contains("<title>&lt;b&gt;&quot;&amp; · Messenger sandbox</title>"))
    }
}
