/// Which people somebody wants to see. All that is said has to hold.
package struct PeopleFilter: Hashable, Codable, Sendable {
    /// nil: of all pages.
    package var page: String?
    /// They have each of these.
    package var tags: [String] = []
    /// They have none of these.
    package var withoutTags: [String] = []
    /// Attributes that are known of them: `phone`, `email`.
    package var has: [String] = []
    /// They are under way in it.
    package var sequence: String?
    /// They wrote or tapped so recently.
    package var wroteWithin: Span?
    /// A message would reach them now.
    package var reachableNow = false
    /// Nothing is sent to them until an operator decides; nil, as false, says nothing.
    package var paused: Bool?

    package init() {}

    /// - Parameter underWay: the sequences that the person is under way in.
    package func holds(for person: Person, underWay: [String], now: Instant) -> Bool {
        let conditions =
            tags.map(Condition.tag) + withoutTags.map(Condition.notTag) + has.map(Condition.has)
        return (page.map { $0 == person.page } ?? true)
            && conditions.allSatisfy { $0.holds(for: person, since: now) }
            && (sequence.map(underWay.contains) ?? true)
            && (wroteWithin.map { span in person.lastWroteAt.map { $0 >= now - span } ?? false } ?? true)
            && (!reachableNow || person.isReachable(at: now))
            && (paused != true || person.pausedAt != nil)
    }
}

extension Person {
    /// Whether a message without a template may go to them and would arrive, as far as is known.
    package func isReachable(at now: Instant) -> Bool {
        stoppedAt == nil && pausedAt == nil && unreachable == nil && StandardWindow.isOpen(for: self, at: now)
    }
}
