/// What adopting a set of files would do to the people under way.
package struct Plan: Codable, Hashable, Sendable {
    /// Names the change, so that `dripd apply --plan` does this one and no other.
    package let hash: String
    /// The sequences that change, by name.
    package let sequences: [SequencePlan]
    /// Messages within 24 hours that go out because of this, by page; those of people in their window, or by a way that
    /// needs none.
    package let messages: [PageMessages]

    package init(hash: String, sequences: [SequencePlan], messages: [PageMessages]) {
        self.hash = hash
        self.sequences = sequences
        self.messages = messages
    }

    package var isEmpty: Bool { sequences.isEmpty }

    /// Messages that would be due at the moment of the adoption.
    package var atOnce: Int { messages.reduce(0) { $0 + $1.atOnce } }
}
