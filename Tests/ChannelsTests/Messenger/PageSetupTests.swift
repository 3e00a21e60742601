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
        #expect(transport.requests.map(\.url) == ["https://graph.test/v25.0/me?fields=id%2Cname&access_token=t%2F1"])
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
        #expect(try await channel(transport).subscribedFields("99") == ["messages", "message_echoes"])
        #expect(try await channel(transport).subscribedFields("99") == [])
        #expect(transport.requests[0].url == "https://graph.test/v25.0/99/subscribed_apps?access_token=t%2F1")
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
        await #expect(throws: PageSetupError(why: "190 Error validating access token")) {
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
