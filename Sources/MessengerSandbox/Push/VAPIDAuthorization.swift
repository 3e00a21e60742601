import Crypto
import Foundation

/// The proof of who sends a message (RFC 8292): a signed token, and the key that it is signed with.
struct VAPIDAuthorization: Sendable {
    private static let limit = 4096
    /// "MUST NOT be more than 24 hours" (RFC 8292, section 2).
    private static let validitySeconds: Int64 = 24 * 60 * 60

    let token: String
    /// The point of P-256, uncompressed.
    let key: [UInt8]

    /// - Parameter header: the value of `Authorization`.
    init(_ header: String?) throws(PushAnswer) {
        guard let header, header.utf8.count <= Self.limit, header.prefix(6).lowercased() == "vapid " else {
            throw .unauthorized
        }
        var parameters: [String: String] = [:]
        for part in header.dropFirst(6).split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else { throw .unauthorized }
            let name = sides[0].trimmingCharacters(in: .whitespaces)
            guard parameters.updateValue(sides[1].trimmingCharacters(in: .whitespaces), forKey: name) == nil else {
                throw .unauthorized
            }
        }
        guard let token = parameters["t"], let key = parameters["k"].flatMap({ Base64URL.decode($0) }) else {
            throw .unauthorized
        }
        self.token = token
        self.key = key
    }

    /// - Parameters:
    ///   - origin: of the push service.
    ///   - now: milliseconds since 1970.
    func verify(origin: String, now: Int64) throws(PushAnswer) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.json(parts[0]), let claims = Self.json(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw .badToken("the token is not a JWT") }
        guard header["alg"]?.string == "ES256" else { throw .badToken("alg is not ES256") }
        guard let key = try? P256.Signing.PublicKey(x963Representation: key),
            let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature),
            key.isValidSignature(signature, for: Data("\(parts[0]).\(parts[1])".utf8))
        else { throw .badToken("the signature is wrong") }
        guard claims["aud"]?.string == origin else { throw .badToken("aud is not \(origin)") }
        guard let expiry = claims["exp"]?.integer else { throw .badToken("exp is missing") }
        guard expiry > now / 1000 else { throw .badToken("exp is over") }
        guard expiry <= now / 1000 + Self.validitySeconds else { throw .badToken("exp is more than 24 hours from now") }
        guard let subject = claims["sub"]?.string, Self.isContact(subject) else {
            throw .badToken("sub is not a mailto: or https: URL that can be reached")
        }
    }

    private static func json(_ part: Substring) -> JSON? {
        Base64URL.decode(part).flatMap { try? JSON(bytes: $0) }
    }

    /// Apple refuses addresses with spaces or angle brackets, and hosts that have no public name.
    private static func isContact(_ subject: String) -> Bool {
        let host: Substring
        if let match = subject.wholeMatch(of: /mailto:[^\s<>@]+@([^\s<>@]+)/) {
            host = match.1
        } else if let match = subject.wholeMatch(of: /https:\/\/([^\s<>@:\/?#]+)([:\/?#][^\s<>]*)?/) {
            host = match.1
        } else {
            return false
        }
        let labels = host.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        return labels.count > 1 && labels.allSatisfy { !$0.isEmpty }
            && !["invalid", "local", "localhost"].contains(labels[labels.count - 1])
    }
}
