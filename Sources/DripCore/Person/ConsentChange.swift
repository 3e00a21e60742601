/// That a person's consent to messages changed: kept as long as the person is known.
package struct ConsentChange: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable {
        /// Nothing more is sent.
        case stopped
        /// Nothing is sent until it is clear what the person wants.
        case paused
        /// Messages may be sent again.
        case resumed
    }

    package let at: Instant
    package let kind: Kind
    package let source: ConsentSource
    /// The operator's words; nil where there are none.
    package let reason: String?

    /// Of a reason, in characters.
    package static let longestReason = 200

    package init(at: Instant, kind: Kind, source: ConsentSource, reason: String?) {
        self.at = at
        self.kind = kind
        self.source = source
        self.reason = reason
    }
}

/// Who changed a person's consent.
package enum ConsentSource: String, Codable, Hashable, Sendable {
    /// The person, by a word or a tap.
    case person
    /// An operator, by a command.
    case operatorCommand = "operator"
    /// A file of people.
    case file
}
