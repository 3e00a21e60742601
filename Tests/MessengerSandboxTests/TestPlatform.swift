@testable import MessengerSandbox

/// A platform whose ids are predictable, with a clock that only the test moves. Nobody exists at first.
/// A class, since `#expect` cannot call what mutates a value.
final class TestPlatform {
    static let page = "1234567890"
    static let start: Int64 = 1_459_991_487_970

    var platform: Platform
    var now = TestPlatform.start

    init(_ configuration: SandboxConfiguration = TestPlatform.configuration) {
        platform = Platform(configuration, run: 7)
    }

    static var configuration: SandboxConfiguration {
        SandboxConfiguration(
            pageID: page,
            pageName: "Tiệm Hoa",
            appSecret: "test-app-secret",
            pageToken: "TOKEN",
            webhookURL: "http://127.0.0.1:8787/webhooks/messenger",
            host: "127.0.0.1",
            port: 0
        )
    }

    /// Person 5678 has just written; that webhook is taken already.
    static func withOpenWindow() throws -> TestPlatform {
        let test = TestPlatform()
        try test.write("hello")
        _ = test.platform.takeWebhooks()
        return test
    }

    func write(_ text: String?, ref: String? = nil, as person: String = "5678") throws {
        _ = try platform.write(as: person, name: nil, text: text, ref: ref, now: now)
    }

    func send(_ body: String) -> GraphAnswer {
        send(GraphCall(object: "me", edge: "messages", query: "access_token=TOKEN", body: Array(body.utf8)))
    }

    func send(_ call: GraphCall) -> GraphAnswer {
        platform.answer(call, now: now)
    }

    /// - Parameter path: what stands behind the version, such as `me/messages`.
    func post(_ path: String, _ body: String, query: String = "") -> GraphAnswer {
        call(.post, path, query, body)
    }

    func get(_ path: String, _ query: String = "") -> GraphAnswer {
        call(.get, path, query, "")
    }

    func delete(_ path: String) -> GraphAnswer {
        call(.delete, path, "", "")
    }

    private func call(_ method: GraphCall.Method, _ path: String, _ query: String, _ body: String) -> GraphAnswer {
        let names = path.split(separator: "/").map(String.init)
        return send(
            GraphCall(
                method: method,
                object: names[0],
                edge: names.count > 1 ? names[1] : nil,
                query: "access_token=TOKEN&" + query,
                body: Array(body.utf8)
            )
        )
    }

    func comment(_ text: String?, as person: String, name: String? = nil) throws -> Comment {
        var draft = CommentDraft()
        draft.person = person
        draft.name = name
        draft.text = text
        draft.post = "\(Self.page)_901"
        return try platform.comment(draft, now: now)
    }

    func reply(to comment: String, _ message: String = #"{"text":"hi"}"#) -> GraphAnswer {
        send(#"{"recipient":{"comment_id":"\#(comment)"},"message":\#(message)}"#)
    }

    func change(_ body: (inout PageStanding) -> Void) throws {
        body(&platform.standing)
        try platform.setStanding(platform.standing)
    }

    func sendText() -> GraphAnswer {
        send(#"{"recipient":{"id":"5678"},"message":{"text":"hi"}}"#)
    }

    func webhooks() -> [String] {
        platform.takeWebhooks().map { String(decoding: $0.body, as: UTF8.self) }
    }
}

extension GraphAnswer {
    var text: String { String(decoding: body.bytes, as: UTF8.self) }

    /// `code`, or `code/subcode`; nil for an answer without an error.
    var errorCode: String? {
        guard let error = body["error"], let code = error["code"]?.integer else { return nil }
        return error["error_subcode"]?.integer.map { "\(code)/\($0)" } ?? "\(code)"
    }
}
