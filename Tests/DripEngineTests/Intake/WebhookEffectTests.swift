import TestSupport
import Testing

/// A webhook of every kind that the platform is seen to send, and all that it changes. The forms are those of the platform's
/// documents and of a library that collects them (restfb, MIT); the numbers are ours.
@Suite struct WebhookEffectTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let body: String
        let effect: [String]

        init(_ name: String, _ body: String, _ effect: [String]) {
            testDescription = name
            self.body = body
            self.effect = effect
        }

        /// - Parameter item: one of `messaging`, from the person 100 ten minutes ago, but for what it says itself.
        init(_ name: String, by sender: String = #"{"id":100}"#, item: String, _ effect: [String]) {
            self.init(
                name,
                messaging: #"{"sender":\#(sender),"recipient":{"id":12345654332},"timestamp":1799031000000,\#(item)}"#,
                effect
            )
        }

        init(_ name: String, messaging: String, _ effect: [String]) {
            self.init(name, entry: #""id":12345654332,"time":1799031600000,"messaging":[\#(messaging)]"#, effect)
        }

        init(_ name: String, feed value: String, _ effect: [String]) {
            self.init(name, change: "feed", value, effect)
        }

        init(_ name: String, change field: String, _ value: String, _ effect: [String]) {
            let change = #"{"field":"\#(field)","value":\#(value)}"#
            self.init(name, entry: #""id":"12345654332","time":1799031600,"changes":[\#(change)]"#, effect)
        }

        init(_ name: String, entry: String, _ effect: [String]) {
            self.init(name, #"{"object":"page","entry":[{\#(entry)}]}"#, effect)
        }
    }

    /// What every message and every tap of the person 100 does.
    static let wrote = ["100 window until +23:50", "100 wrote -0:10", "100 care over: replied"]

    /// What the first message of somebody new does.
    static func met(_ address: String) -> [String] {
        [
            "person \(address)", "\(address) window until +23:50", "\(address) wrote first -0:10",
            "\(address) wrote -0:10", "\(address) in care by first_message",
        ]
    }

    @Test(arguments: messages) func `a message`(_ row: Row) async throws { try await check(row) }
    @Test(arguments: taps) func `a tap`(_ row: Row) async throws { try await check(row) }
    @Test(arguments: arrivals) func `a link, a consent, a reaction`(_ row: Row) async throws { try await check(row) }
    @Test(arguments: receipts) func `a receipt`(_ row: Row) async throws { try await check(row) }
    @Test(arguments: echoes) func `an echo`(_ row: Row) async throws { try await check(row) }
    @Test(arguments: changes) func `a change of the page`(_ row: Row) async throws { try await check(row) }
    @Test(arguments: notices) func `a notice`(_ row: Row) async throws { try await check(row) }
    @Test(arguments: batches) func `a batch`(_ row: Row) async throws { try await check(row) }

    private func check(_ row: Row) async throws {
        #expect(try await WebhookFixture().effect(of: row.body) == row.effect)
    }

    @Test func `what comes again changes nothing`() async throws {
        for row in Self.messages + Self.taps + Self.arrivals + Self.receipts + Self.changes {
            let bench = try await WebhookFixture()
            _ = try await bench.effect(of: row.body)
            let again = try await bench.effect(of: row.body)
            #expect(again.allSatisfy { $0.hasSuffix("known before") }, "\(row.testDescription): \(again)")
        }
    }
}
