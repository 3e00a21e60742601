/// Why a step was not sent, though nothing failed.
package enum SkipReason: String, Hashable, Sendable {
    /// Later than the sequence allows.
    case late
    /// The person did not write in time: the platform allowed nothing.
    case windowClosed = "window_closed"
    /// The day's limit held it, until it was too late or the window had closed.
    case dailyLimit = "daily_limit"
    /// The same of the sequence's `gap`.
    case gap
    /// The platform does not deliver to this person.
    case unreachable
    /// The person, or an operator for them, asked to get nothing more.
    case stopped
    /// Its `only_if` did not hold.
    case condition
    /// Somebody of the team was writing with the person until it was too late.
    case humanTookOver = "human_took_over"
    /// It was unclear whether the person wanted messages until it was too late.
    case paused
    /// The state was restored from a copy, and this may have been sent after that was made.
    case restored
    /// The sequence stops when the person writes.
    case replied
    /// The sequence stops at a tag that the person got.
    case tagged
    /// The sequence stops when the person starts another one.
    case otherSequence = "other_sequence"
    /// Somebody who was enrolled by a comment turned out to be a person who had this sequence already.
    case sameSequence = "same_sequence"
}
