/// What started an enrollment, as the store and `dripd people show` name it.
package enum StartCause: Hashable, Sendable, CustomStringConvertible {
    case firstMessage
    case ref(String)
    case message
    case postback
    case tag(String)
    /// A tap on one of our own buttons.
    case button
    case manual

    package var description: String {
        switch self {
        case .firstMessage: "first_message"
        case .ref(let ref): "ref:\(ref)"
        case .message: "message"
        case .postback: "postback"
        case .tag(let tag): "tag:\(tag)"
        case .button: "button"
        case .manual: "manual"
        }
    }
}
