/// What ends a person's way through a sequence before its last step. That the person asked to get nothing more always
/// does, whether the file says so or not.
package enum StopRule: Hashable, Sendable {
    case optedOut
    /// The person gets this tag.
    case tag(String)
    /// The person writes, or taps a button, after they were enrolled.
    case replied
    /// The person starts this other sequence.
    case sequence(String)
}

extension StopRule: CustomStringConvertible {
    package var description: String {
        switch self {
        case .optedOut: "opted_out"
        case .tag(let tag): "tag: \(tag)"
        case .replied: "replied"
        case .sequence(let sequence): "sequence: \(sequence)"
        }
    }
}
