import Foundation

/// What two people may have in common, in the form in which it is compared. It is a hint that they are one person, and no proof:
/// families share numbers, and many people have the same name.
package struct SharedTrait: Hashable, Sendable {
    package enum Kind: UInt8, CaseIterable, Sendable {
        case email, phone, name
    }

    package let kind: Kind
    package let bytes: [UInt8]

    /// The names of the attributes that have a trait.
    package static let attributes = ["email", "full_name", "phone"]

    /// In UTF-8 bytes. A longer text is no name.
    private static let longest = 200
    private static let fewestDigits = 8

    /// - Returns: nil if the text is not an address.
    package static func email(_ text: String) -> SharedTrait? {
        let bytes = Array(text.trimmed.lowercased().utf8)
        guard bytes.count <= longest, bytes.contains(UInt8(ascii: "@")) else { return nil }
        return SharedTrait(kind: .email, bytes: bytes)
    }

    /// Returns the number without its prefix, so that +84 912 345 678 and 0912345678 are one.
    /// - Returns: nil if the text has too few digits.
    package static func phone(_ text: String) -> SharedTrait? {
        guard text.utf8.count <= longest else { return nil }
        let digits = PeopleSearch.local(text.utf8.filter(PeopleSearch.isDigit))
        return digits.count >= fewestDigits ? SharedTrait(kind: .phone, bytes: digits) : nil
    }

    /// Case, marks and the number of spaces do not count.
    /// - Returns: nil for a single word, which too many people have.
    package static func name(_ text: String) -> SharedTrait? {
        guard text.utf8.count <= longest else { return nil }
        let words = PeopleSearch.folded(text).split(separator: UInt8(ascii: " "))
        return words.count > 1
            ? SharedTrait(kind: .name, bytes: Array(words.joined(separator: [UInt8(ascii: " ")]))) : nil
    }

    package static func of(_ attribute: String, _ value: String) -> SharedTrait? {
        switch attribute {
        case "email": email(value)
        case "phone": phone(value)
        case "full_name": name(value)
        default: nil
        }
    }
}
