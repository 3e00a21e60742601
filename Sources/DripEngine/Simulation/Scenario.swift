package import DripCore

/// What is simulated: one person's way through one sequence.
package struct Scenario: Sendable {
    /// Something that the person writes.
    package struct Reply: Hashable, Sendable {
        /// Since the start, in the person's calendar.
        package let after: Offset
        package let text: String?

        package init(after: Offset, text: String?) {
            self.after = after
            self.text = text
        }
    }

    package let sequence: DripSequence
    /// The files; the sequences that are not among them are not there to be started.
    package let catalog: Catalog
    package let person: SimulatedPerson
    package let start: Instant
    package let replies: [Reply]

    package init(
        sequence: DripSequence,
        catalog: Catalog,
        person: SimulatedPerson,
        start: Instant,
        replies: [Reply]
    ) {
        self.sequence = sequence
        self.catalog = catalog
        self.person = person
        self.start = start
        self.replies = replies
    }
}
