import DripCore
import Foundation
import TestSupport
import Testing

@testable import Channels

@Suite struct PageSetupTests {
    @Test func `whose token it is, and the platform's clock`() async throws {
        let date = HTTPHeader("Date", "Mon, 04 Jan 2027 03:00:00 GMT")
        let transport = ScriptedTransport(.success(.json(200, #"{"id":"99","name":"Shop"}"#, headers: [date])))
        let owner = try await channel(transport).tokenOwner("99")
        #expect(owner == TokenOwner(id: "99", name: "Shop", date: .start))
        #expect(transport.requests.map(\.url) == ["https://graph.test/v25.0/me?fields=id%2Cname"])
    }

    private static let expired = #"{"error":{"message":"Session has expired","code":190,"error_subcode":463}}"#

    /// Whatever is asked first after the death of a token tells it: the next message may be days away.
    @Test func `an answer that calls the token dead is told, whatever was asked`() async throws {
        let told = Recorder()
        let transport = ScriptedTransport(
            .success(.json(401, Self.expired)),
            .success(.json(401, Self.expired)),
            .success(.json(400, Self.expired)),
            .success(.json(400, Self.expired)),
            .success(.json(400, Self.expired)),
            .success(.json(400, Self.expired)),
            .success(.json(403, #"{"error":{"message":"Requires pages_manage_metadata","code":200}}"#)),
            .success(.json(400, #"{"error":{"message":"Again","code":190,"is_transient":true}}"#)),
            .success(.json(500, "no JSON"))
        )
        let channel = MessengerChannel(
            transport: transport,
            graphURL: "https://graph.test/v25.0",
            tokens: ["99": "t/1"],
            onTokenRefused: { told.record("\($0): \($1)") }
        )
        _ = try? await channel.tokenOwner("99")
        _ = try? await channel.subscribedFields("99")
        _ = await channel.profile(of: "5", on: "99", fields: ["name"])
        _ = await channel.conversations(of: "99", after: nil)
        _ = await channel.conversation(of: "99", with: "5")
        _ = await channel.comments(under: "99_1", of: "99", after: nil)
        #expect(told.all == Array(repeating: "99: 190/463 Session has expired", count: 6))
        for _ in 0..<3 { _ = try? await channel.subscribedFields("99") }
        #expect(told.all.count == 6)
    }

    @Test func `what the page is subscribed to`() async throws {
        let transport = ScriptedTransport(
            .success(
                .json(
                    200,
                    #"{"data":[{"name":"a","subscribed_fields":["messages"]},{"subscribed_fields":["message_echoes"]},{}]}"#
                )
            ),
            .success(.json(200, #"{"data":[]}"#))
        )
        #expect(try await channel(transport).subscribedFields("99").apps == [["messages"], ["message_echoes"], []])
        #expect(try await channel(transport).subscribedFields("99").apps == [])
        #expect(transport.requests[0].url == "https://graph.test/v25.0/99/subscribed_apps")
    }

    @Test func `subscribing says success in a text, and a refusal says what it needs`() async throws {
        let transport = ScriptedTransport(
            .success(.json(200, #"{"success":"true"}"#)),
            .success(.json(403, #"{"error":{"message":"Requires pages_manage_metadata","code":200}}"#)),
            .success(.json(200, #"{"success":false}"#))
        )
        try await channel(transport).subscribe("99", to: ["feed", "messages"])
        #expect(transport.requests.map(\.method) == [.post])
        #expect(
            transport.requests.map(\.url) == [
                "https://graph.test/v25.0/99/subscribed_apps?subscribed_fields=feed%2Cmessages"
            ]
        )
        await #expect(throws: PageSetupError(why: "200 Requires pages_manage_metadata", cause: .permission)) {
            try await channel(transport).subscribe("99", to: ["messages"])
        }
        await #expect(throws: PageSetupError(why: "the platform did not confirm the subscription")) {
            try await channel(transport).subscribe("99", to: ["messages"])
        }
    }

    @Test func `one app has to read all of it, and ours keeps what it had`() {
        let all = WebhookField.read(comments: false)
        let ours = Set(all.map(\.rawValue))
        #expect(SubscribedFields(apps: []).missing(of: all) == all)
        #expect(SubscribedFields(apps: [["messages"], ours]).missing(of: all) == [])
        #expect(SubscribedFields(apps: [ours]).missing(of: WebhookField.read(comments: true)) == [.comments])
        #expect(SubscribedFields(apps: [["send_cart"]]).renewed(with: [.messages]) == ["messages", "send_cart"])
        #expect(SubscribedFields(apps: [["send_cart"], []]).renewed(with: [.messages]) == ["messages"])
    }

    @Test func `whether there is a Get Started button`() async throws {
        let transport = ScriptedTransport(
            .success(.json(200, #"{"data":[{"get_started":{"payload":"GET_STARTED"}}]}"#)),
            .success(.json(200, #"{"data":[]}"#))
        )
        #expect(try await channel(transport).hasGetStarted("99"))
        #expect(try await !channel(transport).hasGetStarted("99"))
    }

    @Test func `why it does not say, without the token`() async throws {
        let transport = ScriptedTransport(
            .success(.json(400, #"{"error":{"message":"Error validating access token","code":190}}"#)),
            .success(.json(502, "<html>"))
        )
        await #expect(throws: PageSetupError(why: "190 Error validating access token", cause: .token)) {
            try await channel(transport).tokenOwner("99")
        }
        await #expect(throws: PageSetupError(why: "HTTP 502")) { try await channel(transport).tokenOwner("99") }
        await #expect(throws: PageSetupError(why: "page 1 has no token")) {
            try await channel(transport).tokenOwner("1")
        }
    }

    private func channel(_ transport: ScriptedTransport) -> MessengerChannel {
        MessengerChannel(transport: transport, graphURL: "https://graph.test/v25.0", tokens: ["99": "t/1"])
    }
}
