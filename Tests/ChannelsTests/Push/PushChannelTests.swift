import DripCore
import Foundation
import TestSupport
import Testing

@testable import Channels

/// What the conformance suite does not ask, because only this channel has it.
@Suite struct PushChannelTests {
    /// The most bytes: one more is refused before anything is sent.
    @Test func `a notification of the most bytes is sent, and a larger one is not`() async throws {
        let channel = ChannelUnderTest.push
        let short = try await channel.trial(["body": "a"], script: channel.accepting)
        let size = try PushPeer.decrypted(ReceivedRequest(try #require(short.received.first)).body).count
        let longest = String(repeating: "a", count: PushEncryption.longest - size + 1)
        let sent = try await channel.trial(["body": longest], script: channel.accepting)
        #expect(ExpectedOutcome(sent.outcome) == .accepted, "\(sent.outcome)")
        #expect(sent.received.count == 1)
        let larger = try await channel.trial(["body": longest + "a"], script: channel.accepting)
        #expect(ExpectedOutcome(larger.outcome) == .refused(.message, code: "413"), "\(larger.outcome)")
        #expect(larger.received.isEmpty)
    }

    /// Everybody can make up a subscription, so an unknown host's answer must not make the site's other notifications wait.
    @Test(
        arguments: [
            (400, .person, .perhapsPage), (401, .person, .perhapsPage), (403, .person, .perhapsPage),
            (404, .person, .person), (406, .retry, .slowDown), (410, .person, .person), (413, .person, .message),
            (429, .retry, .slowDown), (451, .person, .message), (302, .retry, .retry), (500, .retry, .retry),
        ] as [(Int, Refusal.Meaning, Refusal.Meaning)]
    )
    func `only a browser vendor's answer is about the site`(
        _ status: Int,
        _ unknown: Refusal.Meaning,
        _ known: Refusal.Meaning
    ) throws {
        for (host, meaning) in [
            ("push.unknown.vn", unknown), ("push.apple.com.unknown.vn", unknown), ("xfcm.googleapis.com", unknown),
            ("fcm.googleapis.com", known), ("web.push.apple.com", known), ("db5p.notify.windows.com", known),
        ] {
            let service = try #require(PushService(endpoint: "https://\(host)/x"))
            let outcome = PushAnswer(.json(status, "{}"), of: service).outcome(tag: "1", at: .tested)
            #expect(ExpectedOutcome(outcome) == .refused(meaning, code: "\(status)"), "\(host)")
        }
    }

    @Test(arguments: TransportError.Kind.allCases)
    func `an unknown host that cannot be reached is no sign that nothing can be sent`(
        _ kind: TransportError.Kind
    ) async throws {
        let failure = TransportError(arrival: .certainlyNot, kind: kind, message: "it failed")
        let isOfHost = [.resolve, .connect, .tls, .timeout].contains(kind)
        let unknown = try await outcome("push.unknown.vn", failure)
        #expect(ExpectedOutcome(unknown) == (isOfHost ? .refused(.retry, code: kind.rawValue) : .unsent))
        #expect(ExpectedOutcome(try await outcome("fcm.googleapis.com", failure)) == .unsent)
        let cut = TransportError(arrival: .perhaps, kind: kind, message: "it failed")
        #expect(ExpectedOutcome(try await outcome("push.unknown.vn", cut)) == .inDoubt)
    }

    @Test func `only a push service on this machine may be at a private address`() async throws {
        for (endpoint, mayReachPrivateHosts) in [
            ("https://fcm.googleapis.com/x", false), ("https://push.unknown.vn/x", false),
            ("http://127.0.0.1:9/x", true),
        ] {
            let transport = ScriptedTransport(.success(.json(201, "")))
            _ = try await deliver(to: endpoint, by: transport)
            #expect(transport.requests.map(\.mayReachPrivateHosts) == [mayReachPrivateHosts], "\(endpoint)")
        }
    }

    private func outcome(_ host: String, _ failure: TransportError) async throws -> Outcome {
        try await deliver(to: "https://\(host)/x", by: ScriptedTransport(.failure(failure)))
    }

    private func deliver(to endpoint: String, by transport: ScriptedTransport) async throws -> Outcome {
        let channel = PushChannel(
            transport: transport,
            accounts: ["site": PushAccount(key: PushPeer.siteKey, contact: "mailto:it@shop.example")],
            allowsLoopback: true,
            now: { .tested }
        )
        let message = try ChannelUnderTest.push.message(ChannelUnderTest.push.values, .tested)
        return await channel.deliver(
            OutgoingMessage(
                part: message.part,
                person: PushPeer.person(endpoint: endpoint),
                recipient: message.recipient,
                key: .tested
            )
        )
    }
}
