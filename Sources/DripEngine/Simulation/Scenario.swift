package import DripCore

/// The input of a simulation: one person's enrollment in one sequence.
package struct Scenario: Sendable {
    /// A message that the person writes.
    package struct Reply: Hashable, Sendable {
        /// The time since the start, in the person's calendar.
        package let after: Offset
        package let text: String?

        package init(after: Offset, text: String?) {
            self.after = after
            self.text = text
        }
    }

    package let sequence: DripSequence
    /// The sequences that the simulation knows. No other sequence can be started.
    package let catalog: Catalog
    package let person: SimulatedPerson
    package let start: Instant
    package let replies: [Reply]
    /// The channels on which the person has an address besides, and agreed to everything.
    package let has: [ChannelName]

    package init(
        sequence: DripSequence,
        catalog: Catalog,
        person: SimulatedPerson,
        start: Instant,
        replies: [Reply],
        has: [ChannelName] = []
    ) {
        self.sequence = sequence
        self.catalog = catalog
        self.person = person
        self.start = start
        self.replies = replies
        self.has = has
    }
}

/// The person of a simulation.
package struct SimulatedPerson: Codable, Hashable, Sendable {
    /// The page that they write to; nil for any page of the sequence. Word lists are picked by the page and the person.
    package var page: String?
    package var person: String
    package var attributes: [String: String]
    package var tags: [String]
    /// Their own time zone, if known.
    package var zone: String?

    package init(
        page: String? = nil,
        person: String,
        attributes: [String: String],
        tags: [String] = [],
        zone: String? = nil
    ) {
        self.page = page
        self.person = person
        self.attributes = attributes
        self.tags = tags
        self.zone = zone
    }

    /// The default person of a simulation.
    package static let standard = SimulatedPerson(
        person: "10000001",
        attributes: ["full_name": "Nguyễn Thị Lan", "first_name": "Lan", "last_name": "Nguyễn Thị"]
    )

    /// The name to show.
    package var name: String {
        ["full_name", "first_name", "last_name"].lazy.compactMap { attributes[$0] }.first { !$0.isEmpty } ?? person
    }
}

/// The start of a simulated sequence: the first message if the file allows that, otherwise the file's first start rule.
struct SimulatedStart {
    let rule: StartRule

    init(_ sequence: DripSequence) {
        rule = sequence.start.contains(.firstMessage) ? .firstMessage : sequence.start.first ?? .manual
    }

    /// The person's action that starts the sequence.
    var event: Event.Kind {
        switch rule {
        case .firstMessage: .message(text: nil, payload: nil, ref: nil)
        case .ref(let ref): .message(text: nil, payload: nil, ref: ref)
        case .message(let phrases): .message(text: phrases.first?.text, payload: nil, ref: nil)
        case .comment(let rule):
            .comment(Comment(id: "1_1", post: rule.post, text: rule.contains.first?.text, author: nil))
        case .postback(let payload): .postback(payload: payload, ref: nil)
        // A quick reply gives the tag, and opens the standard window like every tap.
        case .tag(let tag): .message(text: nil, payload: Tap.tag(tag).description, ref: nil)
        // Enrolling by hand opens no window. A person who never wrote would get nothing at all.
        case .manual: .message(text: nil, payload: nil, ref: nil)
        }
    }

    var isByHand: Bool { rule == .manual }

    /// Returns the person's tags without the one that starts the sequence: a tag that the person already has starts nothing.
    func tags(of person: SimulatedPerson) -> Set<String> {
        guard case .tag(let tag) = rule else { return Set(person.tags) }
        return Set(person.tags).subtracting([tag])
    }
}
