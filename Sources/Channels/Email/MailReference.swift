import Crypto
import DripCore
import Foundation

/// Names one part of one step of one enrollment in a mail's Message-ID and in the address that its bounces are returned
/// to. It comes back in bounces, complaints and replies. A MAC proves that it is ours: a forged bounce must not make a
/// person unreachable.
package struct MailReference: Hashable, Sendable {
    package let enrollment: Int64
    package let part: Int
    package let stepHash: UInt64

    /// In bytes of the HMAC, of which the local part of an address has room for the first ones.
    private static let macLength = 8
    /// More parts than any step has. So the longest return address has 64 bytes before its @: the limit of RFC 5321.
    private static let mostParts = 1_000
    private static let returnPrefix = "bounce+"

    package init(enrollment: Int64, part: Int, stepHash: UInt64) {
        (self.enrollment, self.part, self.stepHash) = (enrollment, part, stepHash)
    }

    /// Returns `<enrollment>.<part>.<step's hash>.<MAC>`, in lower case.
    /// - Parameter key: secret.
    package func text(key: [UInt8]) -> String {
        "\(signedText).\(Self.mac(of: signedText, key).hexadecimal)"
    }

    /// Returns the Message-ID, with its angle brackets.
    package func messageID(domain: String, key: [UInt8]) -> String {
        "<\(text(key: key))@\(domain)>"
    }

    /// Returns the address that bounces are returned to.
    package func returnAddress(domain: String, key: [UInt8]) -> String {
        "\(Self.returnPrefix)\(text(key: key))@\(domain)"
    }

    /// - Parameter localPart: of a Message-ID or a return address. Some mail servers change its case.
    /// - Returns: nil if it is no reference, or not one of ours.
    package init?(localPart: some StringProtocol, key: [UInt8]) {
        guard localPart.utf8.count <= EmailAddress.longestLocal else { return nil }
        let text = localPart.lowercased()
        let pieces = text.dropFirst(text.hasPrefix(Self.returnPrefix) ? Self.returnPrefix.count : 0)
            .split(separator: ".", omittingEmptySubsequences: false)
        guard pieces.count == 4, let enrollment = Int64(pieces[0]), let part = Int(pieces[1]),
            (0..<Self.mostParts).contains(part), let stepHash = UInt64(pieces[2], radix: 16)
        else { return nil }
        self.init(enrollment: enrollment, part: part, stepHash: stepHash)
        // A number can be written in several ways, with zeros or a plus sign, and only one of them is signed.
        guard pieces[..<3].joined(separator: ".") == signedText,
            Self.areEqual(pieces[3].utf8, Self.mac(of: signedText, key).hexadecimal.utf8)
        else { return nil }
    }

    private var signedText: String { "\(enrollment).\(part).\(stepHash.bigEndianBytes.hexadecimal)" }

    private static func mac(of text: String, _ key: [UInt8]) -> ArraySlice<UInt8> {
        let code = HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: key))
        return Array(code).prefix(macLength)
    }

    /// Compares in constant time: the time must not tell how many of the first bytes are right.
    private static func areEqual(_ one: Substring.UTF8View, _ other: String.UTF8View) -> Bool {
        one.count == other.count && zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

// MARK: Search

extension MailReference {
    /// The most addresses in a header field that are read.
    private static let mostAddresses = 100

    /// Returns the references among the addresses and message IDs of a header field, in order.
    /// - Parameter onlyReturnAddresses: leaves out those that are not in a return address.
    static func all(in value: String, onlyReturnAddresses: Bool = false, key: [UInt8]) -> [MailReference] {
        let bytes = Array(value.utf8)
        let signs = bytes.indices.lazy.filter { bytes[$0] == UInt8(ascii: "@") }.prefix(mostAddresses)
        return signs.compactMap { at in
            var start = at
            // A forwarding server may put other text before it: `SRS0=…=bounce+1.0.…@forwarder.example`.
            while start > 0, at - start < EmailAddress.longestLocal, bytes[start - 1].isReferenceByte { start -= 1 }
            let local = String(decoding: bytes[start..<at], as: UTF8.self)
            guard !onlyReturnAddresses || local.lowercased().hasPrefix(returnPrefix) else { return nil }
            return MailReference(localPart: local, key: key)
        }
    }
}

extension UInt8 {
    fileprivate var isReferenceByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"): true
        default: false
        }
    }
}

extension UInt64 {
    fileprivate var bigEndianBytes: [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: self >> (56 - 8 * $0)) }
    }
}
