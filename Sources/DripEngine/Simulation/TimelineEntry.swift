package import DripCore

/// Something that happens.
package struct TimelineEntry: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable {
        case started
        /// The person writes.
        case wrote
        /// A step that is due has to wait.
        case waits
        case sent
        case skipped
        case failed
        /// The way through the sequence is over.
        case ended
    }

    package var at: Instant
    package var kind: Kind
    package var step: String?
    /// When the sequence wants the step, quiet hours and off days being counted.
    package var due: Instant?
    /// How those moved it.
    package var moved: HoursMove?
    /// What it waits for, why it was skipped or failed, or how it all ended.
    package var reason: String?
    /// The condition that did not hold, where that is the reason.
    package var detail: String?
    /// How long it waits; nil: for however long it takes.
    package var until: Instant?
    package var permission: Permission?
    /// For how long the person saw before it that the page writes.
    package var typing: Span?
    /// Of a split test: 1 for the first variant.
    package var variant: Int?
    /// What the person writes.
    package var text: String?
    /// What the person gets, in order.
    package var messages: [SentMessage] = []

    init(at: Instant, kind: Kind) {
        self.at = at
        self.kind = kind
    }
}
