/// Whether a start rule enrols somebody who has been through the sequence before. A person who is under way is never
/// enrolled a second time.
package enum Again: Hashable, Sendable {
    case never
    case always
    /// When at least this long has passed since the previous start.
    case after(Offset)
}

extension Again: CustomStringConvertible {
    /// As a sequence file writes it.
    package var description: String {
        switch self {
        case .never: "never"
        case .always: "always"
        case .after(let offset): "after \(offset)"
        }
    }
}
