package import DripCore

/// The result of a simulation: everything that happened, in order.
package struct Timeline: Codable, Hashable, Sendable {
    package enum End: String, Codable, Hashable, Sendable {
        /// The enrollment is over.
        case over
        /// The next step waits for the person to write, without a limit.
        case waits
        /// The simulation's limit came first.
        case cut
    }

    package var sequence: String
    package var title: String
    package var person: SimulatedPerson
    /// The time zone of all times shown: the person's, else the sequence's, else the configured one.
    package var zone: String
    package var start: Instant
    /// The start rule that started the sequence: `first_message`, `ref: tiktok-tool`, …
    package var startedBy: String
    package var entries: [TimelineEntry]
    package var end: End

    package func count(_ kind: TimelineEntry.Kind) -> Int {
        entries.count { $0.kind == kind }
    }
}

/// One event of a timeline.
package struct TimelineEntry: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable {
        case started
        /// The person writes.
        case wrote
        /// A due step has to wait.
        case waits
        case sent
        case skipped
        case failed
        /// The enrollment is over.
        case ended
    }

    package var at: Instant
    package var kind: Kind
    package var step: String?
    /// The step's due time in the sequence, including quiet hours and off days.
    package var due: Instant?
    /// The shift by quiet hours and off days.
    package var moved: QuietHoursShift?
    /// The reason for the wait, the skip, the failure or the end.
    package var reason: String?
    /// The condition that did not hold, if that is the reason.
    package var detail: String?
    /// The end of the wait; nil if it has no limit.
    package var until: Instant?
    package var permission: Permission?
    /// The channel that it is sent by, if not the one that the person came by.
    package var channel: ChannelName?
    /// How long the person saw the typing indicator before the message.
    package var typing: Milliseconds?
    /// The variant of a split test, from 1.
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
