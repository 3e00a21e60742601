/// The effect of a plan on one enrollment's next message.
package enum Effect: String, Codable, CaseIterable, Hashable, Sendable {
    /// The message is due at once.
    case now
    case earlier
    case later
    /// A different message at the same time.
    case other
    /// The message was due so long ago that it is skipped.
    case tooLate = "too_late"
    /// No message is left, and the enrollment ends.
    case nothing
    /// The enrollment waits until the sequence is back.
    case held
    /// The sequence is back, and the enrollment continues.
    case resumed
    /// The enrollment had finished and continues with the appended steps.
    case reopened
}

/// The people for whom a plan has the same effect.
package struct EffectCount: Codable, Hashable, Sendable {
    package let effect: Effect
    package var people: Int
    /// The earliest time of a next message among them; nil if there is none.
    package var first: Instant?

    package init(effect: Effect, people: Int, first: Instant?) {
        self.effect = effect
        self.people = people
        self.first = first
    }
}

/// The messages that a page sends within a day because of a plan.
package struct PageMessages: Codable, Hashable, Sendable {
    package let page: String
    /// Messages due at the moment of the adoption.
    package var atOnce = 0
    /// Messages due within 24 hours, including those at once.
    package var withinDay = 0
    /// People whose message falls due within 24 hours and waits for them to write.
    package var waiting = 0

    package init(page: String) {
        self.page = page
    }
}
