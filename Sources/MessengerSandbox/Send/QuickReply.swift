/// One of the answers that a message offers.
package struct QuickReply: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case text
        case phoneNumber = "user_phone_number"
        case email = "user_email"
    }

    package let kind: Kind
    /// Those that ask for a phone number or an address have their kind instead: what is shown, the platform knows.
    package let title: String
    /// Nil for those that ask for a phone number or an address.
    package let payload: String?
}
