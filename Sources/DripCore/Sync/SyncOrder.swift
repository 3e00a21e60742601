/// What is to be done with the people whom a walk through a page's conversations finds.
package struct SyncOrder: Codable, Hashable, Sendable {
    /// Enrol them in this sequence, unless they have been in it; nil: nobody is enrolled.
    package let sequence: String?
    /// Only those who wrote at this time or later.
    package let since: Instant?

    package init(sequence: String? = nil, since: Instant? = nil) {
        self.sequence = sequence
        self.since = since
    }
}
