import Crypto
package import DripCore
package import Foundation

/// The key by which push services recognise the site (RFC 8292). A subscription belongs to the key that it was made with.
package struct VAPIDKey: Sendable {
    private let key: P256.Signing.PrivateKey

    /// How long a token holds. Services refuse more than a day.
    private static let validity = Milliseconds.hours(12)

    package init() {
        key = P256.Signing.PrivateKey()
    }

    /// - Parameter text: 32 bytes in base64url, as `dripd push key` prints them.
    /// - Returns: nil if it is no such key.
    package init?(_ text: String) {
        guard let bytes = Data(base64URL: text), let key = try? P256.Signing.PrivateKey(rawRepresentation: bytes) else {
            return nil
        }
        self.key = key
    }

    /// The secret part, to be stored.
    package var text: String { key.rawRepresentation.base64URL }

    /// What a page gives to `pushManager.subscribe`.
    package var applicationServerKey: String { key.publicKey.x963Representation.base64URL }

    /// Returns the value of the `Authorization` header.
    /// - Parameters:
    ///   - origin: of the push service.
    ///   - contact: a `mailto:` or `https:` URL of the site's operator.
    package func authorization(for origin: String, contact: String, now: Instant) throws -> String {
        struct Claims: Encodable {
            let aud: String
            let exp: Int64
            let sub: String
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let claims = Claims(aud: origin, exp: (now + Self.validity).milliseconds / 1000, sub: contact)
        let unsigned =
            Data(#"{"alg":"ES256","typ":"JWT"}"#.utf8).base64URL + "." + (try encoder.encode(claims).base64URL)
        let signature = try key.signature(for: Data(unsigned.utf8)).rawRepresentation.base64URL
        return "vapid t=\(unsigned).\(signature), k=\(applicationServerKey)"
    }
}

extension Data {
    package var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").trimmingCharacters(in: ["="])
    }

    package init?(base64URL text: String) {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        self.init(base64Encoded: plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4))
    }
}
