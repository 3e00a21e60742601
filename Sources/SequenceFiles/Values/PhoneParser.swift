import DripCore

/// Parses the phone number that a button calls.
enum PhoneParser {
    static let pattern = "^\\+[0-9]{8,15}$"

    /// Accepts the international form, the only one that the platform takes. Source: "Buttons" reference, call button.
    static func parse(_ text: String) throws(ParseError) -> String {
        guard text.wholeMatch(of: /\+[0-9]{8,15}/) != nil else {
            throw ParseError(
                "'\(text)' is not a phone number in its international form: + and digits, such as +84912345678",
                suggestion: Contacts(in: text).phone
            )
        }
        return text
    }
}
