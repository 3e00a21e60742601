/// One button of a template.
package struct Button: Sendable, Equatable {
    package enum Kind: String, Sendable {
        case webURL = "web_url"
        case postback
        case phoneNumber = "phone_number"
        /// "Notify Me", which a one-time notification request has instead of buttons.
        case oneTimeNotification = "one_time_notif_req"
    }

    package let kind: Kind
    package let title: String
    /// The URL of a `web_url` button, else its payload.
    package let value: String

    /// The key under which the platform's JSON has `value`.
    var valueName: String { kind == .webURL ? "url" : "payload" }
}
