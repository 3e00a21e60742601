import Foundation

/// Tags: words that the team gives to people.
enum TagText {
    static let longest = 64
    /// What a regular expression of ECMAScript can say of it without the flag for Unicode.
    static let pattern = "^[^\\s/]{1,\(longest)}$"

    /// In Unicode's composed form: 'ê' can be written in two, and both have to be one tag.
    static func parse(_ text: String) throws(Fault) -> String {
        let tag = text.precomposedStringWithCanonicalMapping
        guard isTag(tag) else {
            let near = nearest(tag)
            throw Fault(
                "'\(text)' is not a tag: use letters, digits, '-' and '_', at most \(longest) characters",
                suggestion: near == text ? nil : near
            )
        }
        return tag
    }

    static func isTag(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.count <= longest && text.allSatisfy(isAllowed)
    }

    private static func isAllowed(_ character: Character) -> Bool {
        character.isLetter || "-_".contains(character) || (character.isASCII && character.isNumber)
    }

    /// `Khách quen` → `Khách-quen`.
    private static func nearest(_ text: String) -> String? {
        let joined = text.split { !isAllowed($0) }.joined(separator: "-")
        return isTag(joined) ? joined : nil
    }
}
