import Crypto
package import DripCore
package import Foundation

/// The links to dripd's public pages. Each carries a token that only dripd can read and make: it says nothing of the person,
/// and is good for one purpose.
package struct PublicLinks: Sendable {
    package enum Purpose: UInt8, Sendable {
        case unsubscribe = 1
        case preferences
        case push
    }

    /// `https://care.shop.example`, without a slash at its end.
    package let base: String
    private let key: SymmetricKey

    package static let keyBytes = 32

    /// - Parameter key: `keyBytes` random bytes, the same as long as the database is.
    package init(base: String, key: Data) {
        self.base = base.hasSuffix("/") ? String(base.dropLast()) : base
        self.key = SymmetricKey(data: key)
    }

    /// Returns the link of a person who is known by an address. It leads to the person who has the address when it is used.
    package func link(_ purpose: Purpose, _ address: AddressID) -> String {
        "\(base)\(Self.path(purpose))\(token(purpose, address))"
    }

    package static func path(_ purpose: Purpose) -> String {
        switch purpose {
        case .unsubscribe: "/p/u/"
        case .preferences: "/p/c/"
        case .push: "/p/push/"
        }
    }

    /// Returns the value of a text's variable that is a link; nil for any other variable.
    package func variable(_ name: String, _ address: AddressID) -> String? {
        switch name {
        case LinkVariable.push: link(.push, address)
        case LinkVariable.preferences: link(.preferences, address)
        default: nil
        }
    }

    package func token(_ purpose: Purpose, _ address: AddressID) -> String {
        let content = withUnsafeBytes(of: address.rawValue.bigEndian) { Data($0) }
        // Of the content, so that a link is the same each time: a text with a link must not change between attempts.
        let nonce = HMAC<SHA256>.authenticationCode(for: [purpose.rawValue] + content, using: key).prefix(12)
        // With a key of 32 bytes and a nonce of 12, sealing cannot fail.
        let box = try? AES.GCM.seal(
            content,
            using: key,
            nonce: AES.GCM.Nonce(data: Data(nonce)),
            authenticating: [purpose.rawValue]
        )
        return box?.combined?.base64URL ?? ""
    }

    /// - Returns: nil if dripd did not make the token for this purpose.
    package func address(of token: String, for purpose: Purpose) -> AddressID? {
        guard token.utf8.count <= 100, let bytes = Data(base64URL: token),
            let box = try? AES.GCM.SealedBox(combined: bytes),
            let content = try? AES.GCM.open(box, using: key, authenticating: [purpose.rawValue]), content.count == 8
        else { return nil }
        return AddressID(rawValue: content.reduce(0) { $0 << 8 | Int64($1) })
    }
}
