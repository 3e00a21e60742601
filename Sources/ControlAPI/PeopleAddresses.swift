package import DripCore

/// One of a person's addresses.
package struct AddressSummary: Codable, Hashable, Sendable {
    /// `channel:account/external-id`, as commands take it.
    package var address: String
    package var channel: String
    package var account: String
    package var externalID: String
    /// The source of an address that people or files gave: `ask`, `page`, `mail`, `import`, `operator`. nil if the platform
    /// named it.
    package var givenBy: String?
    package var since: Instant
    package var windowEnds: Instant?
    /// Why the platform does not deliver there.
    package var unreachable: String?
    /// When the platform refused in a way that may mean that the person wants nothing more.
    package var blockedAt: Instant?
    /// What was sent there until then has been delivered, and read.
    package var deliveredUntil: Instant?
    package var readUntil: Instant?

    package init(
        _ address: Address,
        givenBy: String? = nil,
        since: Instant,
        deliveredUntil: Instant? = nil,
        readUntil: Instant? = nil
    ) {
        self.address = address.reference
        channel = address.account.channel.rawValue
        account = address.account.externalID
        externalID = address.externalID
        self.givenBy = givenBy
        self.since = since
        windowEnds = address.windowEnds
        unreachable = address.unreachable
        blockedAt = address.blockedAt
        self.deliveredUntil = deliveredUntil
        self.readUntil = readUntil
    }
}

/// A request to join two people into one.
package struct LinkRequest: Codable, Sendable {
    /// The person who stays.
    package let person: String
    package let other: String
    /// How it is known that they are one person. It is recorded.
    package var proof: String

    /// The limit for a proof and for evidence, in characters.
    package static let longestProof = 200

    package init(person: String, other: String, proof: String) {
        self.person = person
        self.other = other
        self.proof = proof
    }
}

/// The result of joining two people.
package struct LinkReport: Codable, Hashable, Sendable {
    /// All addresses of the joined person.
    package let addresses: [String]
    /// The sequences that ended, because both people were in them, or because of a stop.
    package let ended: [String]
    /// Whether the person now gets nothing, because one of the two was stopped or paused.
    package let isStopped: Bool
    package let isPaused: Bool

    package init(addresses: [String], ended: [String], isStopped: Bool, isPaused: Bool) {
        self.addresses = addresses
        self.ended = ended
        self.isStopped = isStopped
        self.isPaused = isPaused
    }
}

/// A request to cut one address off a person.
package struct UnlinkRequest: Codable, Sendable {
    package let person: String
    /// One of the person's addresses.
    package let address: String

    package init(person: String, address: String) {
        self.person = person
        self.address = address
    }
}

/// The result of cutting an address off a person.
package struct UnlinkReport: Codable, Hashable, Sendable {
    package let address: String
    /// Whether the address is stored no more, because the person, a file or an operator had named it. Otherwise it is a new
    /// person's.
    package let isRemoved: Bool
    /// The sequences whose next step goes to another address of the person.
    package let moved: [String]
    /// The channels and purposes for which the consent ended with the address, such as `email:care`.
    package let withdrawn: [String]

    package init(address: String, isRemoved: Bool, moved: [String], withdrawn: [String]) {
        self.address = address
        self.isRemoved = isRemoved
        self.moved = moved
        self.withdrawn = withdrawn
    }
}

/// A request to add an address that the person told an operator.
package struct AddAddressRequest: Codable, Sendable {
    package let person: String
    package let channel: String
    package let address: String
    /// What the person agreed to there: `care`, `promotion`.
    package let consents: [String]
    /// Where that can be looked up.
    package var evidence: String

    package init(person: String, channel: String, address: String, consents: [String], evidence: String) {
        self.person = person
        self.channel = channel
        self.address = address
        self.consents = consents
        self.evidence = evidence
    }
}

package struct AddAddressReport: Codable, Hashable, Sendable {
    /// The address as it is stored.
    package let address: String
    /// Whether the person had it before.
    package let isKnown: Bool

    package init(address: String, isKnown: Bool) {
        self.address = address
        self.isKnown = isKnown
    }
}

/// Two people who were joined into one, or an address that was cut off a person.
package struct LinkRecord: Codable, Hashable, Sendable {
    package enum Kind: String, Codable, Sendable {
        case joined, cut
    }

    package let at: Instant
    package let kind: Kind
    /// The addresses that moved, if they are still stored.
    package let addresses: [String]
    package let proof: String?
    /// The number of the operator's user; nil for dripd itself.
    package let `operator`: UInt32?

    package init(at: Instant, kind: Kind, addresses: [String], proof: String?, operator: UInt32?) {
        self.at = at
        self.kind = kind
        self.addresses = addresses
        self.proof = proof
        self.operator = `operator`
    }
}
