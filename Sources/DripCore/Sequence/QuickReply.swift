/// An answer that the person can tap; all of them are gone with the next message.
package enum QuickReply: Hashable, Sendable {
    case answer(title: String, Tap)
    /// The person's own telephone number, where the platform knows it: a tap sends it, and it becomes an attribute.
    case phone
    /// The same with the e-mail address.
    case email

    package init(title: String, tap: Tap) {
        self = .answer(title: title, tap)
    }

    var pieces: [String] {
        switch self {
        case .answer(let title, let tap): ["quick_reply", title, tap.description]
        case .phone: ["quick_reply_phone"]
        case .email: ["quick_reply_email"]
        }
    }
}
