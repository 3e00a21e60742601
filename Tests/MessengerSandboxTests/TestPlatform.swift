@testable import MessengerSandbox

/// A platform whose ids are predictable, with a clock that only the test moves. Nobody exists at first.
/// A class, since `#expect` cannot call what mutates a value.
final class TestPlatform {
    static let page = "1234567890"
    static let start: Int64 = 1_459_991_487_970

    var platform = Platform(configuration, run: 7)
    var now = TestPlatform.start

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

    func send(_ body: String) -> SendDecision {
        send(SendCall(version: "v25.0", page: "me", queryToken: "TOKEN", body: Array(body.utf8)))
    }

    func send(_ call: SendCall) -> SendDecision {
        platform.send(call, now: now)
    }

    func sendText() -> SendDecision {
        send(#"{"recipient":{"id":"5678"},"message":{"text":"hi"}}"#)
    }

    func webhooks() -> [String] {
        platform.takeWebhooks().map { String(decoding: $0.body, as: UTF8.self) }
    }
}

extension SendDecision {
    var text: String { String(decoding: body.bytes, as: UTF8.self) }

    /// `code`, or `code/subcode`; nil for an answer without an error.
    var errorCode: String? {
        guard let error = body["error"], let code = error["code"]?.integer else { return nil }
        return error["error_subcode"]?.integer.map { "\(code)/\($0)" } ?? "\(code)"
    }
}
