/// What started an enrollment, as the store and `dripd people show` name it.
package enum StartCause: Hashable, Sendable, CustomStringConvertible {
    case firstMessage
    case ref(String)
    case message
    /// This comment on a post of the page.
    case comment(String)
    case postback
    case tag(String)
    /// A tap on one of our own buttons.
    case button
    case manual

    package var comment: String? {
        if case .comment(let id) = self { id } else { nil }
    }

    package var description: String {
        switch self {
        case .firstMessage: "first_message"
        case .ref(let ref): "ref:\(ref)"
        case .message: "message"
        case .comment: "comment"
        case .postback: "postback"
        case .tag(let tag): "tag:\(tag)"
        case .button: "button"
        case .manual: "manual"
        }
    }
}
