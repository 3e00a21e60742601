/// What started an enrollment, as the store and `dripd people show` name it.
package enum StartCause: Hashable, Sendable, CustomStringConvertible {
    case firstMessage
    case ref(String)
    case manual

    package var description: String {
        switch self {
        case .firstMessage: "first_message"
        case .ref(let ref): "ref:\(ref)"
        case .manual: "manual"
        }
    }
}
