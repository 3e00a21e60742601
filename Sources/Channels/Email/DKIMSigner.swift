import Crypto
import CryptoExtras
package import DripCore
import Foundation

/// Signs mail for a domain (RFC 6376, and RFC 8463 for Ed25519), relaxed/relaxed.
///
/// Each field is signed, and `From` once more than it is there, so that none can be added. RFC 8058 wants the unsubscribe fields
/// signed, and all of them are.
package struct DKIMSigner: Sendable {
    package let domain: String
    package let selector: String
    private let key: Key

    private enum Key: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case ed25519(Curve25519.Signing.PrivateKey)

        var algorithm: String {
            switch self {
            case .rsa: "rsa-sha256"
            case .ed25519: "ed25519-sha256"
            }
        }
    }

    /// The least size of an RSA key: below it, large providers take no signature.
    private static let leastBits = 1024

    package struct KeyError: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// - Parameter key: a private key in PEM: RSA (PKCS#1 or PKCS#8), or Ed25519 (PKCS#8).
    package init(domain: String, selector: String, key: String) throws(KeyError) {
        (self.domain, self.selector) = (domain, selector)
        if let rsa = try? _RSA.Signing.PrivateKey(pemRepresentation: key) {
            guard rsa.keySizeInBits >= Self.leastBits else {
                throw KeyError(description: "the DKIM key has \(rsa.keySizeInBits) bits; use 2048: openssl genrsa 2048")
            }
            self.key = .rsa(rsa)
        } else if let seed = Self.ed25519(key),
            let ed25519 = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        {
            self.key = .ed25519(ed25519)
        } else {
            throw KeyError(description: "the DKIM key is no private key in PEM, RSA or Ed25519: openssl genrsa 2048")
        }
    }

    /// A PKCS#8 key of Ed25519 ends with its 32 bytes (RFC 8410, section 7).
    private static func ed25519(_ pem: String) -> Data? {
        let lines = pem.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("-----") }
        guard let der = Data(base64Encoded: lines.joined()), der.count == 48,
            der.starts(with: [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70])
        else { return nil }
        return der.suffix(32)
    }

    /// Returns the mail with its signature before the other fields.
    package func sign(_ mail: EncodedMail, at now: Instant) throws -> EncodedMail {
        let bodyHash = Data(SHA256.hash(data: Canonical.body(mail.body))).base64EncodedString()
        let names = mail.fields.map { Canonical.name(of: $0) }
        // From once more: a second one would make the signature invalid.
        let signed = names + ["from"]
        // A field may be folded at its spaces, and relaxed canonicalization makes a space of each fold.
        let start =
            "v=1; a=\(key.algorithm); c=relaxed/relaxed; d=\(domain); s=\(selector); t=\(now.milliseconds / 1000); "
            + "h=\(signed.joined(separator: ": ")); bh=\(bodyHash); b="
        let text = mail.fields.map(Canonical.field).joined() + Canonical.field("DKIM-Signature: \(start)").dropLast()
        let signature = Array(try signature(of: Data(text.utf8)).base64EncodedString())
        // Spaces within the signature do not count.
        let chunks = stride(from: 0, to: signature.count, by: 70).map {
            String(signature[$0..<min($0 + 70, signature.count)])
        }
        return mail.adding(HeaderText.field("DKIM-Signature", start + chunks.joined(separator: " ")))
    }

    private func signature(of text: Data) throws -> Data {
        switch key {
        case .rsa(let key):
            try key.signature(for: SHA256.hash(data: text), padding: .insecurePKCS1v1_5).rawRepresentation
        // RFC 8463 signs the hash, not the text.
        case .ed25519(let key): try key.signature(for: Data(SHA256.hash(data: text)))
        }
    }
}

/// The relaxed canonical form (RFC 6376, section 3.4).
enum Canonical {
    static func name(of field: String) -> String {
        field.prefix { $0 != ":" }.trimmingCharacters(in: .whitespaces).lowercased()
    }

    static func field(_ field: String) -> String {
        let value = field.drop { $0 != ":" }.dropFirst().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return "\(name(of: field)):\(value)\r\n"
    }

    static func body(_ body: [UInt8]) -> Data {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        for byte in body {
            switch byte {
            case 0x0a:
                if line.last == 0x0d { line.removeLast() }
                lines.append(line)
                line = []
            case 0x20, 0x09:
                if line.last != 0x20 { line.append(0x20) }
            default: line.append(byte)
            }
        }
        if !line.isEmpty { lines.append(line) }
        lines = lines.map { $0.last == 0x20 ? $0.dropLast() : $0 }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return Data(lines.flatMap { $0 + [0x0d, 0x0a] })
    }
}
