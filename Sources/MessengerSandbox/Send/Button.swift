/// One button of a button template.
package struct Button: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case webURL = "web_url"
        case postback
        case phoneNumber = "phone_number"
    }

    package let kind: Kind
    package let title: String
    /// The URL of a `web_url` button, else its payload.
    package let value: String

    /// The key under which the platform's JSON has `value`.
    var valueName: String { kind == .webURL ? "url" : "payload" }
}
