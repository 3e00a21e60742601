import Foundation

/// Parses the identities of sequences and steps, and the refs of links.
enum IdentityParser {
    static let longest = 64
    /// `parse` as an ECMAScript regular expression; `refPattern` is `parseReferral`.
    static let pattern = "^[A-Za-z0-9][A-Za-z0-9-]{0,\(longest - 1)}$"
    static let longestRef = 2083
    static let refPattern = "^[A-Za-z0-9_=-]{1,\(longestRef)}$"

    /// Parses an identity. ASCII only: 'ê' has two forms in Unicode, and copying a file may change its name from one to the other.
    static func parse(_ text: String) throws(ParseError) -> String {
        guard isIdentity(text) else {
            let near = nearest(text)
            throw ParseError(
                "'\(text)' is not an identity: use letters (a-z), digits and '-', at most \(longest) characters",
                suggestion: near == text ? nil : near
            )
        }
        return text
    }

    static func isIdentity(_ text: String) -> Bool {
        text.first.map { $0 != "-" } ?? false && text.utf8.count <= longest
            && text.utf8.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    /// Parses `ref` in an m.me link. Source: "m.me Links" reference: up to 2,083 characters, letters, digits and `-`, `_`, `=`.
    static func parseReferral(_ text: String) throws(ParseError) -> String {
        guard !text.isEmpty else { throw ParseError("a link's ref can't be empty") }
        guard text.utf8.count <= longestRef else {
            throw ParseError("a link's ref has at most \(longestRef) characters, and this one \(text.utf8.count)")
        }
        guard text.utf8.allSatisfy({ isLetterOrDigit($0) || "-_=".utf8.contains($0) }) else {
            throw ParseError(
                "'\(text)' cannot be a link's ref: Messenger takes letters (a-z), digits, '-', '_' and '='",
                suggestion: nearest(text)
            )
        }
        return text
    }

    /// Returns the nearest valid identity: `Chăm sóc` → `cham-soc`.
    private static func nearest(_ text: String) -> String? {
        let plain = text.replacing("đ", with: "d").replacing("Đ", with: "D")
            .folding(options: .diacriticInsensitive, locale: nil)
        let words = plain.split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
        let joined = words.joined(separator: "-").lowercased()
        return isIdentity(joined) ? joined : nil
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }
}

/// Parses a page's id: a number, kept as text.
enum PageParser {
    static func parse(_ text: String) throws(ParseError) -> String {
        guard text.utf8.count <= 32, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw ParseError("'\(text)' is not a page's id: that is a number, such as \"1577703145783617\"")
        }
        return text
    }
}

/// Parses a persona's id: a number, kept as text. A name is not enough: the platform's requests take only the id.
enum PersonaParser {
    static let pattern = "^[0-9]{1,32}$"

    static func parse(_ text: String) throws(ParseError) -> String {
        guard text.utf8.count <= 32, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw ParseError(
                "'\(text)' is not a persona's id: use the number that the platform gave it"
            )
        }
        return text
    }
}
