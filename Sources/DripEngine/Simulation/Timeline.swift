package import DripCore

/// What a simulation shows: everything that happened, in order.
package struct Timeline: Codable, Hashable, Sendable {
    package enum End: String, Codable, Hashable, Sendable {
        /// The way through the sequence is over.
        case over
        /// The last step waits for the person to write, for however long it takes.
        case waits
        /// It went on for longer than a simulation goes.
        case cut
    }

    package var sequence: String
    package var title: String
    package var person: SimulatedPerson
    /// All times are shown in it: the person's, else the sequence's, else the configured one.
    package var zone: String
    package var start: Instant
    /// The start rule of the file that the simulation meets: `first_message`, `ref: tiktok-tool`, …
    package var startedBy: String
    package var entries: [TimelineEntry]
    package var end: End

    package func count(_ kind: TimelineEntry.Kind) -> Int {
        entries.count { $0.kind == kind }
    }
}
