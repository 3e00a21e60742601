import Channels
import Crypto
import DripCore
import Foundation

@testable import MessengerSandbox

/// A push service with one browser, and a site that writes to it. The clock stands still.
/// A class, since `#expect` cannot call what mutates a value.
final class TestPush {
    static let origin = "http://127.0.0.1:8788"
    static let contact = "mailto:it@shop.example"

    var platform = PushPlatform(run: 7)
    var now = TestPlatform.start
    /// The site's key.
    let site = P256.Signing.PrivateKey()
    let subscription: MessengerSandbox.BrowserSubscription

    init() throws {
        platform.baseURL = Self.origin
        subscription = try platform.subscribe(
            applicationServerKey: Base64URL.encode(site.publicKey.x963Representation),
            key: P256.KeyAgreement.PrivateKey(),
            authentication: Array(0..<16),
            now: now
        )
    }

    /// A message as dripd sends it.
    func request(_ text: String = #"{"title":"Xin chào"}"#) throws -> PushRequest {
        PushRequest(
            path: String(subscription.endpoint.dropFirst(Self.origin.count)),
            ttl: "86400",
            contentEncoding: "aes128gcm",
            authorization: try authorization(),
            body: try Self.encrypt(text, for: subscription)
        )
    }

    /// dripd encrypts for browsers of public services only, so that the endpoint is another.
    static func encrypt(_ text: String, for subscription: BrowserSubscription) throws -> [UInt8] {
        let json = subscription.json.replacing(/"endpoint":"[^"]*"/, with: #""endpoint":"https://push.example.com/1""#)
        return Array(try PushEncryption.encrypt(Data(text.utf8), for: PushSubscription(json: Data(json.utf8))))
    }

    /// A token with these claims, signed by this key; nil for the right ones.
    func authorization(
        header: String = #"{"typ":"JWT","alg":"ES256"}"#,
        aud: String = TestPush.origin,
        exp: String? = nil,
        sub: String = TestPush.contact,
        signedBy signer: P256.Signing.PrivateKey? = nil,
        key: P256.Signing.PrivateKey? = nil
    ) throws -> String {
        let exp = exp ?? "\(now / 1000 + 3600)"
        let claims = #"{"aud":"\#(aud)","exp":\#(exp),"sub":"\#(sub)"}"#
        let unsigned = Base64URL.encode(header.utf8) + "." + Base64URL.encode(claims.utf8)
        let signature = try (signer ?? site).signature(for: Data(unsigned.utf8)).rawRepresentation
        let key = Base64URL.encode((key ?? site).publicKey.x963Representation)
        return "vapid t=\(unsigned).\(Base64URL.encode(signature)), k=\(key)"
    }

    func send(_ request: PushRequest) -> PushAnswer {
        platform.answer(request, now: now)
    }

    @discardableResult
    func change(isOnline: Bool? = nil, isGone: Bool? = nil) throws -> BrowserSubscription {
        try platform.changeBrowser(subscription.endpoint, isOnline: isOnline, isGone: isGone, now: now)
    }

    func inject(_ kind: PushFault.Kind, endpoint: String? = nil, count: Int = 1) throws {
        try platform.inject(PushFault(kind: kind, endpoint: endpoint, count: count))
    }

    var states: [String] { platform.notifications.entries(after: 0, count: 100).map(\.state.rawValue) }
    var payloads: [String?] { platform.notifications.entries(after: 0, count: 100).map(\.payload) }
}

extension PushAnswer {
    /// The body, whatever its form.
    var content: String { text ?? body.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "" }
}
