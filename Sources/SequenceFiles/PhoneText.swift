import DripCore

/// A phone number that a button calls.
enum PhoneText {
    static let pattern = "^\\+[0-9]{8,15}$"

    /// In the international form, which is all that the platform takes. Source: "Buttons" reference, call button.
    static func parse(_ text: String) throws(Fault) -> String {
        guard text.wholeMatch(of: /\+[0-9]{8,15}/) != nil else {
            throw Fault(
                "'\(text)' is not a phone number in its international form: + and digits, such as +84912345678",
                suggestion: Contacts(in: text).phone
            )
        }
        return text
    }
}
