/// Why a step was not sent, though nothing failed.
package enum SkipReason: String, Hashable, Sendable {
    /// Later than the sequence allows.
    case late
    /// The person did not write in time: the platform allowed nothing.
    case windowClosed = "window_closed"
    /// The platform does not deliver to this person.
    case unreachable
    /// The person, or an operator for them, asked to get nothing more.
    case stopped
}
