/// One step of a sequence: a message, and its time after the start.
package struct Step: Hashable, Sendable {
    /// The identity within the sequence. Deliveries refer to it, so a renamed step is another step unless `moved` names
    /// it.
    package let id: String
    package let after: Offset
    /// The local time of that day, in minutes since midnight; nil for the anchor's own. Only with an offset in days or
    /// more.
    package let at: Int?
    /// How much earlier than due it may be sent if it would otherwise miss the standard window.
    package let pullIntoWindow: Milliseconds?
    package let outsideWindow: [OutsideWindow]
    package let onlyIf: Condition?
    /// How long the typing indicator is shown before the step's first message.
    package let typing: Milliseconds
    /// The platform's id of the persona that sends it; nil for the page itself.
    package let persona: String?
    /// Empty if the step has no text.
    package let variants: [Variant]
    package let images: [Media]
    package let video: Media?
    package let audio: Media?
    package let file: Media?
    package let cards: [Card]
    package let buttons: [Button]
    package let quickReplies: [QuickReply]
    /// The channels that it tries, in this order; nil if the sequence decides.
    package let via: [ChannelName]?
    /// Its own content for channels, by the names of their fields.
    package let channels: [ChannelName: [String: TextTemplate]]
    /// The address that it asks for; nil if it asks for none.
    package let ask: Ask?

    package init(
        id: String,
        after: Offset,
        at: Int? = nil,
        pullIntoWindow: Milliseconds? = nil,
        outsideWindow: [OutsideWindow] = [],
        onlyIf: Condition? = nil,
        typing: Milliseconds = .zero,
        persona: String? = nil,
        variants: [Variant] = [],
        images: [Media] = [],
        video: Media? = nil,
        audio: Media? = nil,
        file: Media? = nil,
        cards: [Card] = [],
        buttons: [Button] = [],
        quickReplies: [QuickReply] = [],
        via: [ChannelName]? = nil,
        channels: [ChannelName: [String: TextTemplate]] = [:],
        ask: Ask? = nil
    ) {
        self.id = id
        self.after = after
        self.at = at
        self.pullIntoWindow = pullIntoWindow
        self.outsideWindow = outsideWindow
        self.onlyIf = onlyIf
        self.typing = typing
        self.persona = persona
        self.variants = variants
        self.images = images
        self.video = video
        self.audio = audio
        self.file = file
        self.cards = cards
        self.buttons = buttons
        self.quickReplies = quickReplies
        self.via = via
        self.channels = channels
        self.ask = ask
    }

    /// Orders the steps, and records how far an enrollment has come. The time of day of `at` counts as that much after
    /// the beginning of its day, so that two steps of one day have an order.
    package var position: Milliseconds {
        Milliseconds(after.nominal.milliseconds + Int64(at ?? 0) * 60_000)
    }

    /// Returns the variant that a person sees: the same one in every round.
    package func variant(seed: UInt64) -> (index: Int, text: TextTemplate)? {
        let total = variants.reduce(0) { $0 + $1.weight }
        guard total > 0 else { return nil }
        var rest = StableHash.pick(from: total, seed: seed, index: 0)
        for (index, variant) in variants.enumerated() {
            if rest < variant.weight { return (index, variant.text) }
            rest -= variant.weight
        }
        return nil
    }
}

/// An offer to the person to leave an address on another channel. Leaving it is a consent.
package struct Ask: Hashable, Sendable {
    package let channel: ChannelName
    /// The attribute in which people tell it: `email`.
    package let attribute: String
    package let purpose: Purpose
    /// A sentence below the step's text; nil if the text itself asks.
    package let text: String?

    package init(channel: ChannelName, attribute: String, purpose: Purpose, text: String?) {
        self.channel = channel
        self.attribute = attribute
        self.purpose = purpose
        self.text = text
    }
}

/// How late a step may be sent: after an outage, after a closed window, after retries.
package struct LateRule: Hashable, Sendable {
    package enum Then: String, CaseIterable, Sendable {
        /// A step later than `after` is skipped, for the reason "too late".
        case skip
        /// The step is sent, however late, unless the next step is due by then.
        case send
    }

    package let after: Milliseconds
    package let then: Then

    package init(after: Milliseconds, then: Then) {
        self.after = after
        self.then = then
    }

    package static let standard = LateRule(after: .hours(24), then: .skip)
}

extension LateRule: CustomStringConvertible {
    package var description: String { "after \(after) \(then.rawValue)" }
}

/// An option for a step that is due while the platform's standard window is closed. The first one of the step's list
/// that is permitted for the person applies.
package enum OutsideWindow: Hashable, Sendable {
    /// A template that the platform has approved for news of an order, an account or an appointment. Source: "Utility
    /// messages": it needs no window and must not contain advertising.
    case utility(UtilityTemplate)
    /// A paid marketing message, if the person subscribed and the page has a campaign.
    case marketing
    /// The one message about this topic that the person asked for.
    case oneTime(topic: String)
    /// The step is sent if the person writes within this time after it was due; otherwise it is skipped.
    case wait(Milliseconds)

    /// Whether only subscribed people can get it.
    package var isBySubscription: Bool {
        switch self {
        case .marketing, .oneTime: true
        case .utility, .wait: false
        }
    }
}

/// A utility template of the page, with the texts for its placeholders.
package struct UtilityTemplate: Hashable, Sendable {
    package let name: String
    /// The platform's language code: `vi`, `en_US`.
    package let language: String
    /// In the template's order.
    package let parameters: [Parameter]

    package struct Parameter: Hashable, Sendable {
        package let name: String
        package let text: TextTemplate

        package init(name: String, text: TextTemplate) {
            self.name = name
            self.text = text
        }
    }

    package init(name: String, language: String, parameters: [Parameter]) {
        self.name = name
        self.language = language
        self.parameters = parameters
    }
}

/// A renamed step. People who got it under the old name do not get it again.
package struct Move: Hashable, Sendable {
    package let from: String
    package let to: String

    package init(from: String, to: String) {
        self.from = from
        self.to = to
    }
}

/// The purpose of a sequence, which decides the rules of the platform and of the law for its messages.
package enum Purpose: String, CaseIterable, Codable, Hashable, Sendable {
    case care
    case promotion
    case transaction
}

/// A condition on the people who get a step. Checked when the step is due.
package enum Condition: Hashable, Sendable {
    case tag(String)
    case notTag(String)
    /// An attribute of the person that is not blank: `phone`, `email`.
    case has(String)
    /// Whether the person wrote after they were enrolled.
    case replied(Bool)
    /// The person has an address on this channel, with the consent that it needs.
    case can(ChannelName)

    package func holds(for person: Person, since anchor: Instant) -> Bool {
        switch self {
        case .tag(let tag): person.tags.contains(tag)
        case .notTag(let tag): !person.tags.contains(tag)
        case .has(let name): !(person.attributes[name] ?? "").trimmed.isEmpty
        case .replied(let expected): (person.lastWroteAt.map { $0 > anchor } ?? false) == expected
        // `Catalog.admit` decides, which knows the person's addresses.
        case .can: true
        }
    }
}

extension Condition: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tag(let tag): "tag: \(tag)"
        case .notTag(let tag): "not_tag: \(tag)"
        case .has(let name): "has: \(name)"
        case .replied(let expected): "replied: \(expected)"
        case .can(let channel): "can: \(channel.rawValue)"
        }
    }
}
