import Channels
import DripCore
import Synchronization
import TestSupport
import Testing

/// What each call of the Graph API shows of the secrets, and what of them anybody may read on the way.
@Suite struct GraphCredentialTests {
    private static let key = DeliveryKey(instance: "7f3a", enrollment: EnrollmentID(rawValue: 4), step: "chao", part: 0)
    /// printf T | openssl dgst -sha256 -hmac app-secret
    private static let proof = "c7e078aa9e6018b8915ef73205fcbf9906fffe62abd39f9a6e34ed7f86fb090c"

    /// All calls that the channel makes, each once.
    private func requests(appSecret: String?) async -> [HTTPRequest] {
        let transport = AnsweringTransport()
        let channel = MessengerChannel(
            transport: transport,
            graphURL: "https://g/v25.0",
            appSecret: appSecret,
            tokens: ["1": "T"],
            marketing: ["1": MarketingAccount(adAccount: "55", campaign: "c1", token: "T")]
        )
        let text = MessagePart(.text("hi", buttons: []))
        _ = await channel.deliver(text, from: "1", to: .person("5678"), key: Self.key)
        _ = await channel.deliver(text, from: "1", to: .comment("1_9"), key: Self.key)
        _ = await channel.deliver(text, from: "1", to: .marketing(token: "S"), key: Self.key)
        await channel.show(Typing(address: "5678", persona: nil), from: "1")
        _ = await channel.profile(of: "5678", on: "1", fields: ["name"])
        _ = await channel.comments(under: "1_9", of: "1", after: "b=")
        _ = await channel.conversations(of: "1", after: nil)
        _ = await channel.conversation(of: "1", with: "5678")
        _ = try? await channel.tokenOwner("1")
        _ = try? await channel.subscribedFields("1")
        _ = try? await channel.subscribe("1", to: ["messages"])
        _ = try? await channel.persona("7", of: "1")
        _ = try? await channel.hasGetStarted("1")
        _ = await channel.upload(
            [1],
            Upload(
                account: AccountID(rawValue: 1),
                page: "1",
                kind: .image,
                file: MediaFile(path: "a.jpg", location: "/srv/a.jpg", hash: "0123abcd")
            )
        )
        return transport.requests
    }

    @Test func `the token is in a header, and in no URL and no body`() async {
        let requests = await requests(appSecret: nil)
        #expect(requests.count == 14)
        for request in requests {
            #expect(request.headers.first == HTTPHeader("Authorization", "Bearer T"), "\(request.url)")
            #expect(!request.url.contains("access_token"), "\(request.url)")
            #expect(!request.url.contains("appsecret_proof"), "\(request.url)")
            #expect(!String(decoding: request.body, as: UTF8.self).contains("access_token"))
        }
    }

    @Test func `with the app's secret, each call proves that it is known`() async {
        let requests = await requests(appSecret: "app-secret")
        #expect(requests.count == 14)
        for request in requests {
            let parameters = request.url.split(separator: "?", maxSplits: 1).last?.split(separator: "&") ?? []
            #expect(parameters.last == "appsecret_proof=\(Self.proof)", "\(request.url)")
            #expect(request.url.count { $0 == "?" } == 1)
            #expect(!request.url.contains("app-secret"))
        }
    }

    @Test func `a new secret holds from the next call on`() async {
        let transport = AnsweringTransport()
        let channel = MessengerChannel(
            transport: transport,
            graphURL: "https://g",
            appSecret: "old",
            tokens: ["1": "T"]
        )
        _ = await channel.profile(of: "5", on: "1", fields: ["name"])
        channel.use(tokens: ["1": "T"], appSecret: "app-secret")
        _ = await channel.profile(of: "5", on: "1", fields: ["name"])
        #expect(transport.requests.map { $0.url.hasSuffix(Self.proof) } == [false, true])
    }

    /// Under this code it would be the end of one message after the other.
    @Test(arguments: [
        "Invalid appsecret_proof provided in the API argument",
        "API calls from the server require an appsecret_proof argument",
    ])
    func `a proof that the platform does not take stops the page, and no message is lost`(words: String) async {
        let transport = ScriptedTransport(
            .success(.json(400, #"{"error":{"message":"\#(words)","type":"GraphMethodException","code":100}}"#))
        )
        let channel = MessengerChannel(transport: transport, graphURL: "https://g", appSecret: "x", tokens: ["1": "T"])
        let outcome = await channel.deliver(
            MessagePart(.text("hi", buttons: [])),
            from: "1",
            to: .person("5678"),
            key: Self.key
        )
        guard case .refused(let refusal) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(refusal.meaning == .page)
    }
}

/// Says yes to everything.
private final class AnsweringTransport: Transport {
    private let taken = Mutex<[HTTPRequest]>([])

    var requests: [HTTPRequest] { taken.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        taken.withLock { $0.append(request) }
        return .json(200, #"{"message_id":"m_1","recipient_id":"5678","success":true}"#)
    }
}
