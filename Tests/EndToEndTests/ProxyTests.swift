import Foundation
import MessengerSandbox
import TestSupport
import Testing

/// The real binary, with proxies in its environment. A proxy would learn the tokens.
@Suite(.timeLimit(.minutes(2))) struct ProxyTests {
    private static let sequence = """
        sequence: hello
        title: Hello
        start: [first_message]
        steps:
          - {step: one, after: 10 min, text: One}
        """

    @Test func `a proxy of the environment is not used`() async throws {
        let shop = try await Shop(sequences: ["hello.yaml": Self.sequence], scale: 1200)
        // Nothing listens there: a message sent through it would not arrive.
        let nowhere = "http://127.0.0.1:9"
        let names = ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
        try await shop.start(environment: Dictionary(uniqueKeysWithValues: names.map { ($0, nowhere) }))
        try shop.sandbox.write(as: "1001", name: nil, text: "Hello", ref: nil)
        for await entry in shop.sandbox.feed(after: 0) where entry.direction == .outgoing { break }
        #expect(await shop.end(SIGTERM) == 0)
    }
}
