import Channels
import DripCore
import Foundation
import TestSupport
import Testing

/// Notifications, read by the libraries that browsers' makers publish: http_ece decrypts, py_vapid verifies.
@Suite(Python.isInstalled("http_ece", "py_vapid", "cryptography")) struct PushPeerTests {
    private struct Given: Encodable {
        struct Message: Encodable {
            let authorization: String
            let body: String
        }

        let key: String
        let authentication: String
        let messages: [Message]
    }

    private struct Reading: Decodable {
        let scheme: String
        let isSigned: String
        let claims: String
        let notification: String
    }

    private struct Claims: Decodable {
        let aud: String
        let exp: Int64
        let sub: String
    }

    private struct Notification: Decodable {
        struct Content: Decodable {
            let title: String
        }

        let notification: Content
    }

    @Test func `any title is decrypted as it is, and the token is the site's`() async throws {
        let channel = ChannelUnderTest.push
        var (texts, messages): ([HostileText], [Given.Message]) = ([], [])
        for text in HostileText.all {
            let trial = try await channel.trial(["title": text.text], script: channel.accepting)
            let request = try ReceivedRequest(try #require(trial.received.first, "\(text.name): \(trial.outcome)"))
            texts.append(text)
            messages.append(
                Given.Message(
                    authorization: try #require(request.headers["authorization"]),
                    body: Data(request.body).base64EncodedString()
                )
            )
        }
        let given = Given(
            key: PushPeer.browserKey.base64EncodedString(),
            authentication: PushPeer.authentication.base64EncodedString(),
            messages: messages
        )
        let read: [Reading] = try await Python.run(
            Python.pushReader,
            modules: ["http_ece", "py_vapid", "cryptography"],
            given
        )
        try #require(read.count == texts.count)
        let now = Instant.tested.milliseconds / 1000
        for (text, reading) in zip(texts, read) {
            #expect(reading.scheme == "vapid")
            #expect(reading.isSigned == "True")
            let claims = try JSONDecoder().decode(Claims.self, from: Data(reading.claims.utf8))
            #expect((claims.aud, claims.sub) == ("http://127.0.0.1", "mailto:it@shop.example"))
            // RFC 8292, section 2: at most a day.
            #expect((now + 1...now + 86_400).contains(claims.exp))
            let notification = try JSONDecoder().decode(Notification.self, from: Data(reading.notification.utf8))
            #expect(HostileText.same(notification.notification.title, text.text), "\(text.name)")
        }
    }
}
