package import DripCore

/// One thing that a person agreed to or withdrew.
package struct ConsentEntry: Codable, Hashable, Sendable {
    package let at: Instant
    /// `given` or `withdrawn`.
    package let kind: String
    /// nil for every channel.
    package let channel: String?
    /// nil for every purpose.
    package let purpose: String?
    package let source: String
    /// The words that the person agreed to.
    package let wording: String?
    /// Where it can be looked up.
    package let evidence: String?

    package init(_ record: ConsentRecord) {
        at = record.at
        kind = record.kind.rawValue
        channel = record.channel?.rawValue
        purpose = record.purpose?.rawValue
        source = record.source.rawValue
        wording = record.wording
        evidence = record.evidence
    }
}

/// What a person's records say now about one channel and purpose.
package struct ConsentSummary: Codable, Hashable, Sendable {
    package let channel: String
    package let purpose: String
    /// `given`, `withdrawn` or `never_asked`.
    package let state: String
    /// Whether messages of this purpose may be sent on this channel. If the person was never asked, the channel's policy decides.
    package let isPermitted: Bool
    /// The time of the record that decides.
    package let since: Instant?

    package init(channel: String, purpose: String, state: String, isPermitted: Bool, since: Instant?) {
        self.channel = channel
        self.purpose = purpose
        self.state = state
        self.isPermitted = isPermitted
        self.since = since
    }
}

/// What a person agreed to, withdrew, stopped and resumed.
package struct ConsentReport: Codable, Hashable, Sendable {
    package let person: String
    /// Whether all messages to them are stopped or paused, whatever they agreed to.
    package let stoppedAt: Instant?
    package let pausedAt: Instant?
    /// One entry for each channel and purpose.
    package let states: [ConsentSummary]
    /// Oldest first.
    package let records: [ConsentEntry]
    /// All stops, pauses and resumptions, oldest first.
    package let changes: [ConsentChange]

    package init(
        person: String,
        stoppedAt: Instant?,
        pausedAt: Instant?,
        states: [ConsentSummary],
        records: [ConsentEntry],
        changes: [ConsentChange]
    ) {
        self.person = person
        self.stoppedAt = stoppedAt
        self.pausedAt = pausedAt
        self.states = states
        self.records = records
        self.changes = changes
    }
}

/// A request to record that a person agreed to something, or withdrew it.
package struct ConsentRequest: Codable, Sendable {
    package enum Kind: String, Codable, Sendable {
        case give, withdraw
    }

    package let person: String
    package let kind: Kind
    /// nil for every channel; only what is withdrawn can be that.
    package let channel: String?
    /// nil for every purpose; only what is withdrawn can be that.
    package let purpose: String?
    /// Where it can be looked up. What is given needs it.
    package var evidence: String?

    package init(person: String, kind: Kind, channel: String?, purpose: String?, evidence: String?) {
        self.person = person
        self.kind = kind
        self.channel = channel
        self.purpose = purpose
        self.evidence = evidence
    }
}

package struct ConsentAnswer: Codable, Hashable, Sendable {
    /// Whether anything changed.
    package let isChange: Bool
    /// The sequences of promotion that ended.
    package let ended: [String]

    package init(isChange: Bool, ended: [String]) {
        self.isChange = isChange
        self.ended = ended
    }
}
