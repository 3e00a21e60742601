import Channels
import Crypto
import DripCore
import Foundation
import Testing

/// Notifications for a browser, encrypted and signed.
@Suite struct PushEncryptionTests {
    private static let key =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    private static let authentication = "BTBZMqHH6r4Tts7J_aSIgg"

    private func subscription(
        _ endpoint: String = "https://fcm.googleapis.com/fcm/send/EXAMPLE",
        key: String? = key,
        authentication: String? = authentication
    ) throws -> PushSubscription {
        let keys = ["p256dh": key, "auth": authentication].compactMapValues(\.self)
        let form: [String: Any] = ["endpoint": endpoint, "expirationTime": NSNull(), "keys": keys]
        return try PushSubscription(json: JSONSerialization.data(withJSONObject: form))
    }

    /// RFC 8291, appendix A.
    @Test func `the example of the standard, byte for byte`() throws {
        let sender = try P256.KeyAgreement.PrivateKey(
            rawRepresentation: try #require(Data(base64URL: "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
        )
        let body = try PushEncryption.encrypt(
            Data("When I grow up, I want to be a watermelon".utf8),
            for: subscription(),
            sender: sender,
            salt: try #require(Data(base64URL: "DGv6ra1nlYgDCS1FRnbzlw"))
        )
        #expect(
            body.base64URL
                == "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBr"
                + "u3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
        )
    }

    @Test func `two messages are never encrypted alike, and a long one not at all`() throws {
        let text = Data("Chào bạn".utf8)
        #expect(
            try PushEncryption.encrypt(text, for: subscription()) != PushEncryption.encrypt(text, for: subscription())
        )
        let longest = Data(count: PushEncryption.longest)
        #expect(try PushEncryption.encrypt(longest, for: subscription()).count == PushEncryption.longest + 86 + 1 + 16)
        #expect(throws: PushEncryption.TooLong(bytes: PushEncryption.longest + 1)) {
            try PushEncryption.encrypt(longest + [0], for: subscription())
        }
    }

    @Test func `keys are read in every form of base64`() throws {
        let padded = try subscription(key: Self.key + "=", authentication: Self.authentication + "==")
        let standard = try subscription(
            key: Self.key.replacing("-", with: "+").replacing("_", with: "/"),
            authentication: Self.authentication.replacing("_", with: "/")
        )
        #expect(try padded == subscription())
        #expect(try standard == subscription())
    }

    @Test(
        arguments: [
            "http://fcm.googleapis.com/x", "https://localhost/x", "https://127.0.0.1/x", "https://10.0.0.1/x",
            "https://2130706433/x", "https://0x7f.1/x", "https://[::1]/x", "https://[::ffff:10.0.0.1]/x",
            "https://metadata.google.internal/x", "https://printer.local/x", "https://intranet/x",
            "https://user@fcm.googleapis.com/x", "https://fcm.googleapis.com:8443/x", "ftp://fcm.googleapis.com/x", "x",
            "",
        ]
    )
    func `an endpoint leads to no private place`(_ endpoint: String) {
        #expect(throws: PushSubscription.Flaw.self) { try subscription(endpoint) }
    }

    @Test func `an endpoint stays as it is`() throws {
        let endpoint = "https://wns2-example.notify.windows.com/w/?token=BQYAAAB%2fEXAMPLE%2bx%3d"
        #expect(try subscription(endpoint).endpoint == endpoint)
        #expect(PushService(endpoint: endpoint)?.origin == "https://wns2-example.notify.windows.com")
    }

    @Test func `without keys, or with a point that is none, nothing can be sent`() throws {
        for (key, authentication) in [
            (nil, Self.authentication), (Self.key, nil), (Self.key, "BTBZMqHH6r4Tts7J"),
            ("BA" + String(repeating: "A", count: 85), Self.authentication),
            ("", Self.authentication), ("*", Self.authentication),
        ] as [(String?, String?)] {
            #expect(throws: PushSubscription.Flaw.self) { try subscription(key: key, authentication: authentication) }
        }
        #expect(throws: PushSubscription.Flaw.self) { try PushSubscription(json: Data("[]".utf8)) }
    }

    @Test func `the token names the service, ends in half a day, and is signed by the key that the page was given`()
        throws
    {
        let key = try #require(VAPIDKey(VAPIDKey().text))
        let now = Instant(milliseconds: 1_796_000_000_000)
        let value = try key.authorization(
            for: "https://fcm.googleapis.com",
            contact: "mailto:it@shop.example",
            now: now
        )
        let match = try #require(value.wholeMatch(of: /vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), k=([\w-]+)/)).output
        #expect(Data(base64URL: String(match.1)) == Data(#"{"alg":"ES256","typ":"JWT"}"#.utf8))
        #expect(
            Data(base64URL: String(match.2))
                == Data(#"{"aud":"https://fcm.googleapis.com","exp":1796043200,"sub":"mailto:it@shop.example"}"#.utf8)
        )
        #expect(String(match.4) == key.applicationServerKey)
        let verifier = try P256.Signing.PublicKey(
            x963Representation: try #require(Data(base64URL: key.applicationServerKey))
        )
        let signature = try P256.Signing.ECDSASignature(
            rawRepresentation: try #require(Data(base64URL: String(match.3)))
        )
        #expect(verifier.isValidSignature(signature, for: Data("\(match.1).\(match.2)".utf8)))
        #expect(VAPIDKey("short") == nil)
    }
}
