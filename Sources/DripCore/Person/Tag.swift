/// The rule for tags: words that the team assigns to people.
package enum Tag {
    package static let longest = 64
    /// The most tags of one person. All are read and written with each message, so their number needs a bound.
    package static let mostOfPerson = 100

    /// Letters, digits, hyphens and underscores.
    package static func isValid(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.count <= longest && text.allSatisfy(isAllowed)
    }

    package static func isAllowed(_ character: Character) -> Bool {
        character.isLetter || "-_".contains(character) || (character.isASCII && character.isNumber)
    }
}
