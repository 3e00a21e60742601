import Crypto
package import Foundation

/// `X-Hub-Signature-256: sha256=…`: HMAC-SHA256 of the body's raw bytes under the app secret. Source: "Webhooks",
/// section "Validate payloads".
package enum WebhookSignature {
    private static let prefix = "sha256="

    /// Compares in constant time.
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
        let nibbles = hex.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue.map(UInt8.init) }
        guard nibbles.count == hex.utf8.count else { return nil }
        return stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
    }
}
