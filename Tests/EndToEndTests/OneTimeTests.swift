import Channels
import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import MessengerSandbox
import Testing

/// One message that somebody asked for, with the real binary against the platform's rule: a token is good once.
@Suite(.timeLimit(.minutes(3))) struct OneTimeTests {
    private static let stock = """
        sequence: stock
        title: Stock
        start: [{message: [go]}]
        # On this clock a machine that stands still for a second is hours late.
        late: {after: 10 days, then: skip}
        steps:
          - {step: there, after: 2 days, text: It is there, outside_window: [one_time: STOCK]}
          - {step: still, after: 4 days, text: It still is, outside_window: [one_time: STOCK]}

        """

    @Test func `a token lets one step go behind the window, and the next is skipped for want of one`() async throws {
        let shop = try await Shop(sequences: ["stock.yaml": Self.stock], scale: 20_000)
        let configuration = try String(contentsOfFile: shop.configuration, encoding: .utf8)
        let page = "{file: secrets/page_token}}"
        try shop.write(
            configuration.replacing(page, with: "{file: secrets/page_token}, one_time: true}"),
            to: "dripd.yaml"
        )
        try await shop.start()
        // Somebody of the team asks, in the window.
        let request =
            #""message":{"attachment":{"type":"template","payload":{"template_type":"one_time_notif_req","#
            + #""title":"Tell you when it is there?","payload":"STOCK"}}}}"#
        repeat {
            try Task.checkCancellation()
            try shop.sandbox.write(as: "1001", name: nil, text: "Hello", ref: nil)
        } while try await shop.send(#"{"recipient":{"id":"1001"},"# + request) != 200
        let token = try #require(try shop.sandbox.tap("Notify Me", by: "1001"))
        var person: PersonDetail
        repeat { person = try await shop.ask("people", "show", "1001") } while person.summary.subscriptions == nil
        try shop.sandbox.write(as: "1001", name: nil, text: "go", ref: nil)
        repeat { person = try await shop.ask("people", "show", "1001") } while person.enrollments.first?.endedAt == nil

        let deliveries = person.enrollments[0].deliveries
        #expect(deliveries.map(\.state) == ["sent", "skipped"], "\(shop.log)")
        #expect(deliveries.map(\.permission) == ["one_time", nil])
        #expect(deliveries.map(\.reason) == [nil, "window_closed"])
        #expect(person.summary.subscriptions?.allSatisfy { $0.usedAt != nil } == true)
        let arrived = shop.sandbox.messages(after: 0, of: "1001").filter { $0.direction == .outgoing }
        #expect(arrived.compactMap(\.text) == ["Tell you when it is there?", "It is there"])
        // The platform would not have taken another, either.
        let again = #"{"recipient":{"one_time_notif_token":"\#(token)"},"message":{"text":"again"}}"#
        #expect(try await shop.send(again) == 400)
        let explained = try await Program.run("explain", "1001", "--config", shop.configuration)
        #expect(explained.output.contains("as the one-time message that they asked for"), "\(explained)")
        #expect(!explained.output.contains(token))
        #expect(!shop.log.contains(token))
        #expect(await shop.end(SIGTERM) == 0)
    }
}

extension Shop {
    /// A message of the page by another program.
    /// - Returns: the status of the platform's answer.
    fileprivate func send(_ body: String) async throws -> Int {
        let transport = try CurlTransport(userAgent: "dripd-test")
        let url = "\(graphURL)/me/messages?access_token=page-token"
        let response = try await transport.send(.postJSON(Array(body.utf8), to: url))
        await transport.shutdown()
        return response.status
    }
}
