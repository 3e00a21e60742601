/// What a tap on one of our own buttons or quick replies does. Travels to the platform as the payload and comes back with
/// the tap.
package enum Tap: Hashable, Sendable {
    case tag(String)
    /// Enrols in this sequence.
    case start(String)
    /// The person wants nothing more.
    case stop
}

extension Tap: LosslessStringConvertible {
    private static let scheme = "dripd"

    package var description: String {
        switch self {
        case .tag(let tag): "\(Self.scheme)/tag/\(tag)"
        case .start(let sequence): "\(Self.scheme)/start/\(sequence)"
        case .stop: "\(Self.scheme)/stop"
        }
    }

    /// Bytes of a payload of ours: its word, and a tag of 64 letters.
    private static let longest = 300

    package init?(_ payload: String) {
        guard payload.utf8.count <= Self.longest else { return nil }
        let pieces = payload.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        switch (pieces.first, pieces.dropFirst().first, pieces.count) {
        case (Self.scheme, "tag", 3): self = .tag(pieces[2])
        case (Self.scheme, "start", 3): self = .start(pieces[2])
        case (Self.scheme, "stop", 2): self = .stop
        default: return nil
        }
    }
}
