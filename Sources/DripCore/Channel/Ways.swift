/// What decides by which of a person's addresses a step is sent.
package struct Ways: Sendable {
    package let addresses: [Address]
    package let consents: [ConsentRecord]
    /// How the step has been refused for good at an address.
    package let refusals: [AddressID: Delivery]

    package init(addresses: [Address], consents: [ConsentRecord] = [], refusals: [AddressID: Delivery] = [:]) {
        self.addresses = addresses
        self.consents = consents
        self.refusals = refusals
    }

    /// Returns the ways by accounts that meet a condition.
    func only(where isUsable: (Account) -> Bool) -> Ways {
        guard !addresses.allSatisfy({ isUsable($0.account) }) else { return self }
        return Ways(addresses: addresses.filter { isUsable($0.account) }, consents: consents, refusals: refusals)
    }

    /// Returns the person's address on a channel: the one by which the enrollment came, otherwise the newest that can be reached.
    func address(on channel: ChannelName, cameBy: AddressID?) -> Address? {
        let here = addresses.filter { $0.account.channel == channel }
        if let own = here.first(where: { $0.id == cameBy }) { return own }
        return here.filter { $0.unreachable == nil }.max { $0.id.rawValue < $1.id.rawValue } ?? here.last
    }

    /// Whether another address of the person refused, not long ago, in a way that may be a block.
    func isSilent(but address: Address, at now: Instant) -> Bool {
        addresses.contains { other in
            other.id != address.id && other.blockedAt.map { now < $0 + SendPolicy.silenceAfterBlock } ?? false
        }
    }
}

/// One thing that a person agreed to or withdrew. Rows are only added, and the latest that concerns a message decides.
package struct ConsentRecord: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Hashable, Sendable {
        case given
        case withdrawn
    }

    package enum Source: String, Codable, Hashable, Sendable {
        /// The person left an address when a step asked for it.
        case ask
        /// The person used one of dripd's pages.
        case page
        /// The person wrote or answered by e-mail, or their mail provider reported a complaint.
        case mail
        case importFile = "import"
        case operatorCommand = "operator"
    }

    package let at: Instant
    package let kind: Kind
    /// nil for every channel.
    package let channel: ChannelName?
    /// nil for every purpose.
    package let purpose: Purpose?
    package let source: Source
    /// The words that the person agreed to; nil if there were none.
    package let wording: String?
    /// Where it can be looked up: an event's key, a file and a line.
    package let evidence: String?

    package init(
        at: Instant,
        kind: Kind,
        channel: ChannelName?,
        purpose: Purpose?,
        source: Source,
        wording: String? = nil,
        evidence: String? = nil
    ) {
        self.at = at
        self.kind = kind
        self.channel = channel
        self.purpose = purpose
        self.source = source
        self.wording = wording
        self.evidence = evidence
    }
}

/// What a person's records say about one channel and purpose.
package enum ConsentState: Hashable, Sendable {
    case neverAsked
    case given
    case withdrawn
}

extension Sequence<ConsentRecord> {
    /// - Parameter channel: the records for every channel count, too.
    package func state(on channel: ChannelName, for purpose: Purpose) -> ConsentState {
        var state = ConsentState.neverAsked
        for record in self where record.channel.map({ $0 == channel }) ?? true {
            guard record.purpose.map({ $0 == purpose }) ?? true else { continue }
            switch record.kind {
            case .given: state = .given
            case .withdrawn: state = .withdrawn
            }
        }
        return state
    }
}
