import Foundation

/// A phone number and an e-mail address that a person left in a message. Shops ask for them all day; kept as attributes, so
/// that `{{phone}}` and `only_if: {has: phone}` know them.
package struct Contacts: Hashable, Sendable {
    /// In the international form: `+84912345678`. The first of the message; nil where it has none.
    package let phone: String?
    /// In lower case. The first of the message; nil where it has none.
    package let email: String?

    /// Longer messages are read up to here: a number stands in a line, not in a novel.
    private static let longestScalars = 4000

    package init(in text: String) {
        // A scalar has a byte at least.
        let isShort = text.utf8.count <= Self.longestScalars
        let text = isShort ? text : String(text.unicodeScalars.prefix(Self.longestScalars))
        // Most messages hold neither: that is found out without a regular expression.
        email = text.utf8.contains(UInt8(ascii: "@")) ? Self.email(in: text) : nil
        let digits = text.utf8.count { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        phone = digits >= 9 ? Self.phone(in: text) : nil
    }

    /// Vietnamese numbers have nine digits behind the 0 or the +84 for mobiles (3, 5, 7, 8, 9) and ten for landlines (02…).
    /// Source: Ministry of Information and Communications, circular 22/2014/TT-BTTTT with the mobile prefixes of 2018.
    /// Any other number counts only in its international form, with +.
    private static func phone(in text: String) -> String? {
        // What people put between the digits: 0912.345.678, 0912 345 678, (+84) 912-345-678.
        let number = /(?:^|[^\p{L}\p{N}+])(\(?\+?\(?[0-9][0-9 .\-()]{7,24}[0-9])(?![\p{L}\p{N}])/
        for match in text.matches(of: number) {
            if let phone = normalized(String(match.1)) { return phone }
        }
        return nil
    }

    private static func normalized(_ written: String) -> String? {
        let isInternational = written.contains("+")
        let digits = written.filter { ("0"..."9").contains($0) }
        if isInternational, !digits.hasPrefix("84") {
            return (8...15).contains(digits.count) && digits.first != "0" ? "+" + digits : nil
        }
        let national: Substring
        if digits.hasPrefix("84"), isInternational || digits.count >= 11 {
            // People write (+84) 0912… too.
            national = digits.dropFirst(2).first == "0" ? digits.dropFirst(3) : digits.dropFirst(2)
        } else if digits.hasPrefix("0") {
            national = digits.dropFirst()
        } else {
            return nil
        }
        guard let first = national.first else { return nil }
        let length = first == "2" ? 10 : 9
        return "235789".contains(first) && national.count == length ? "+84" + national : nil
    }

    private static func email(in text: String) -> String? {
        let address = /[A-Za-z0-9._%+\-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}/
        return text.firstMatch(of: address).map { String($0.0).lowercased() }
    }
}
