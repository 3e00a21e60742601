/// What a plan does to one enrollment's next message.
package enum Effect: String, Codable, CaseIterable, Hashable, Sendable {
    /// It is due at once.
    case now
    case earlier
    case later
    /// Another message at the same time.
    case other
    /// It is due so long ago that it is skipped.
    case tooLate = "too_late"
    /// Nothing comes any more: the person is through.
    case nothing
    /// It waits for the sequence to come back.
    case held
    /// It goes on: the sequence is back.
    case resumed
    /// The person was through and gets what was appended.
    case reopened
}
