/// What decisions, files and the configuration need to know about a channel, as data. Each channel's folder declares its own.
package struct ChannelRules: Hashable, Sendable {
    package let name: ChannelName
    /// In a sentence: "e-mail".
    package let noun: String
    package let policy: SendPolicy
    package let limits: ContentLimits
    package let rates: SendRates
    package let capabilities: Set<ChannelCapability>
    /// The keys of a step's own content for this channel. Empty if the channel sends the content that every step has.
    package let content: [ContentField]
    /// The keys of an account in the configuration, besides its `id` and `rate`.
    package let account: [AccountField]
    /// The attribute that holds a person's address on this channel, if people can simply tell it: `email`.
    package let attribute: String?

    package init(
        name: ChannelName,
        noun: String,
        policy: SendPolicy,
        limits: ContentLimits = ContentLimits(),
        rates: SendRates = SendRates(),
        capabilities: Set<ChannelCapability> = [],
        content: [ContentField] = [],
        account: [AccountField] = [],
        attribute: String? = nil
    ) {
        self.name = name
        self.noun = noun
        self.policy = policy
        (self.limits, self.rates, self.capabilities) = (limits, rates, capabilities)
        self.content = content
        self.account = account
        self.attribute = attribute
    }
}

/// When a channel's platform and the law permit a message to an address.
package struct SendPolicy: Hashable, Sendable {
    /// How long an address stays open after each inbound message; nil if it is always open.
    package let window: SendWindow?
    /// The purposes for which the person's recorded consent is needed.
    package let consentFor: Set<Purpose>
    /// Whether a refusal by the address may mean that the person wants nothing more. Then no other address is used for a while.
    package let refusalMayBeBlock: Bool

    package init(window: SendWindow?, consentFor: Set<Purpose> = [], refusalMayBeBlock: Bool) {
        self.window = window
        self.consentFor = consentFor
        self.refusalMayBeBlock = refusalMayBeBlock
    }

    /// The policy of a channel without rules of its own: a conversation that closes after a day of silence.
    package static let conversation = SendPolicy(
        window: SendWindow(length: StandardWindow.length, margin: StandardWindow.margin),
        refusalMayBeBlock: true
    )

    /// How long other addresses are silent after one refused in a way that may be a block.
    package static let silenceAfterBlock = Milliseconds.days(7)

    /// Whether any content may be sent to the address at this time.
    package func isOpen(_ address: Address, at now: Instant) -> Bool {
        guard let window else { return true }
        return address.windowEnds.map { now < $0 - window.margin } ?? false
    }
}

/// The time after a person's message during which a platform permits answers.
package struct SendWindow: Hashable, Sendable {
    package let length: Milliseconds
    /// Nothing is sent in the last minutes: the platform decides at its receipt, by its own clock.
    package let margin: Milliseconds

    package init(length: Milliseconds, margin: Milliseconds) {
        self.length = length
        self.margin = margin
    }
}

/// One key of a step's content for a channel, such as an e-mail's subject.
package struct ContentField: Hashable, Sendable {
    package let name: String
    /// The description that an editor shows.
    package let about: String
    /// In Unicode scalars, after rendering.
    package let limit: Int
    /// Whether the step needs it. A text that is missing is the step's own text.
    package let isRequired: Bool
    package let isURL: Bool

    package init(_ name: String, _ about: String, limit: Int, isRequired: Bool = false, isURL: Bool = false) {
        self.name = name
        self.about = about
        self.limit = limit
        self.isRequired = isRequired
        self.isURL = isURL
    }

    /// The field that the step's own text fills if the step leaves it out.
    package static let text = "text"
}

/// One key of a channel's account in the configuration.
package struct AccountField: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case text
        /// A name with an address, or an address.
        case mailbox
        /// A URL with one of these schemes.
        case url([String])
        case word([String])
        /// A reference to a secret.
        case secret
    }

    /// `smtp.url` is the key `url` in the mapping `smtp`.
    package let name: String
    package let about: String
    package let kind: Kind
    package let isRequired: Bool

    package init(_ name: String, _ about: String, _ kind: Kind, isRequired: Bool = false) {
        self.name = name
        self.about = about
        self.kind = kind
        self.isRequired = isRequired
    }
}

/// A channel that the configuration has accounts for.
package struct ConfiguredChannel: Hashable, Sendable {
    package let rules: ChannelRules
    /// The channel's ids of the accounts, in the order of the configuration. Empty where every account counts as configured, as in
    /// a simulation.
    package let accounts: [String]

    package init(rules: ChannelRules, accounts: [String]) {
        self.rules = rules
        self.accounts = accounts
    }
}
