import Crypto
package import Foundation

/// `X-Hub-Signature-256: sha256=…`: HMAC-SHA256 of the body's raw bytes, with the app secret as its key. Source: "Webhooks",
/// section "Validate payloads".
package enum WebhookSignature {
    private static let prefix = "sha256="

    /// Returns whether a header has the form of a signature. Any other header cannot match a body.
    package static func isWellFormed(_ header: String) -> Bool {
        header.hasPrefix(prefix) && bytes(hex: header.dropFirst(prefix.count)) != nil
    }

    /// Returns whether a signature matches a body. Compares in constant time.
    package static func isValid(_ header: String?, body: Data, secret: String) -> Bool {
        guard let header, header.hasPrefix(prefix), let code = bytes(hex: header.dropFirst(prefix.count)) else {
            return false
        }
        return HMAC<SHA256>.isValidAuthenticationCode(
            code,
            authenticating: body,
            using: SymmetricKey(data: Data(secret.utf8))
        )
    }

    private static func bytes(hex: Substring) -> [UInt8]? {
        guard hex.utf8.count == SHA256.byteCount * 2 else { return nil }
        let digits = hex.utf8.compactMap(value(ofDigit:))
        guard digits.count == hex.utf8.count else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }

    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
