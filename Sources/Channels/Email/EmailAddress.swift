/// An e-mail address that a message can be sent to: `local@domain`, in ASCII.
///
/// Quoted local parts and address literals are valid in RFC 5321, but no person has one, and other programs get them wrong.
package struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
    package let local: String
    /// In lower case.
    package let domain: String

    package var description: String { "\(local)@\(domain)" }

    /// The limits of RFC 5321, section 4.5.3.1, in bytes.
    static let longestLocal = 64
    static let longest = 254
    private static let longestLabel = 63

    /// - Returns: nil if the text is not such an address.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count <= Self.longest, let at = text.lastIndex(of: "@") else { return nil }
        let (local, domain) = (text[..<at], text[text.index(after: at)...])
        guard (1...Self.longestLocal).contains(local.utf8.count), Self.isDotAtom(local, of: Self.isAtom),
            Self.isDotAtom(domain, of: Self.isLabel), domain.contains("."), domain.last?.isNumber == false
        else { return nil }
        (self.local, self.domain) = (String(local), domain.lowercased())
    }

    private static func isDotAtom(_ text: some StringProtocol, of isPart: (Substring) -> Bool) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isPart(Substring($0)) }
    }

    /// `atext` of RFC 5322.
    private static func isAtom(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0.isLetterOrDigit || "!#$%&'*+-/=?^_`{|}~".utf8.contains($0) }
    }

    private static func isLabel(_ text: Substring) -> Bool {
        (1...longestLabel).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
            && text.first != "-" && text.last != "-"
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self)
    }
}

/// A name with an address, as in `From`.
package struct Mailbox: Hashable, Sendable {
    package let name: String?
    package let address: EmailAddress

    package init(name: String?, address: EmailAddress) {
        self.name = name
        self.address = address
    }

    /// The value of a header field.
    var header: String {
        guard let name, !name.isEmpty else { return "\(address)" }
        return "\(HeaderText.phrase(name)) <\(address)>"
    }
}

extension Mailbox {
    /// - Parameter text: `Shop ABC <care@shop.example>`, or the address alone.
    /// - Returns: nil if it is neither.
    package init?(_ text: String) {
        guard let opening = text.lastIndex(of: "<") else {
            guard let address = EmailAddress(text) else { return nil }
            self.init(name: nil, address: address)
            return
        }
        guard text.last == ">", let address = EmailAddress(text[text.index(after: opening)...].dropLast()) else {
            return nil
        }
        let name = text[..<opening].split(separator: " ").joined(separator: " ")
        guard !name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return nil }
        self.init(name: name.isEmpty ? nil : name, address: address)
    }
}
