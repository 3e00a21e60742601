import Crypto

/// The proof that a webhook comes from who knows the app secret.
/// https://developers.facebook.com/docs/messenger-platform/webhooks#validate-payloads
enum WebhookSignature {
    static let header = "X-Hub-Signature-256"

    /// `sha256=` and the HMAC-SHA-256 of the body's bytes in lower-case hexadecimal digits.
    static func value(of body: [UInt8], secret: String) -> String {
        "sha256=" + hexadecimal(of: body, secret: secret)
    }

    static func hexadecimal(of bytes: [UInt8], secret: String) -> String {
        HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: Array(secret.utf8))).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
