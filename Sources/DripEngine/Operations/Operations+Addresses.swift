import Channels
package import ControlAPI
import DripCore
import DripStore

/// What operators change and read of people's addresses and consents.
extension Operations {
    /// - Throws: `PersonError`.
    package func link(_ request: LinkRequest) async throws -> LinkReport {
        let report = try await store.link(request.person, with: request.other, proof: request.proof, now: clock.now())
        wake()
        return report
    }

    /// - Throws: `PersonError`.
    package func unlink(_ request: UnlinkRequest) async throws -> UnlinkReport {
        let report = try await store.unlink(request.address, from: request.person, now: clock.now())
        if !report.moved.isEmpty { wake() }
        return report
    }

    package func duplicates(limit: Int) async throws -> DuplicatesAnswer {
        try await store.duplicates(limit: limit)
    }

    package func consents(of person: String) async throws -> ConsentReport {
        try await store.consents(of: person)
    }

    /// - Throws: `PersonError`, `OperationRefusal`.
    package func recordConsent(_ request: ConsentRequest) async throws -> ConsentAnswer {
        let channel = request.channel.map(ChannelName.init(rawValue:))
        if let channel, ChannelRegistry.rules(of: channel) == nil {
            throw OperationRefusal.unknownChannel(channel.rawValue)
        }
        let purpose = try request.purpose.map(Self.purpose)
        guard request.kind == .withdraw || channel != nil && purpose != nil && request.evidence != nil else {
            throw OperationRefusal.incompleteConsent
        }
        let now = clock.now()
        let record = ConsentRecord(
            at: now,
            kind: request.kind == .give ? .given : .withdrawn,
            channel: channel,
            purpose: purpose,
            source: .operatorCommand,
            evidence: request.evidence
        )
        let answer = try await store.recordConsent(record, of: request.person, now: now)
        wake()
        return answer
    }

    /// - Throws: `PersonError`, `OperationRefusal`.
    package func addAddress(_ request: AddAddressRequest) async throws -> AddAddressReport {
        let channel = ChannelName(rawValue: request.channel)
        guard let rules = ChannelRegistry.rules(of: channel) else {
            throw OperationRefusal.unknownChannel(channel.rawValue)
        }
        let configured = store.catalog.channels.first { $0.rules.name == channel }
        guard rules.attribute != nil, let account = configured?.accounts.first else {
            throw PersonError.noAccount(channel.rawValue)
        }
        guard let address = ChannelRegistry.givenAddress(request.address, on: channel) else {
            throw PersonError.notAnAddress(request.address, channel: rules.noun)
        }
        let now = clock.now()
        let consents = try request.consents.map { purpose in
            ConsentRecord(
                at: now,
                kind: .given,
                channel: channel,
                purpose: try Self.purpose(purpose),
                source: .operatorCommand,
                evidence: request.evidence
            )
        }
        guard !consents.isEmpty else { throw OperationRefusal.incompleteConsent }
        let isKnown = try await store.addAddress(
            address,
            on: channel,
            account: account,
            to: request.person,
            agreeing: consents,
            now: now
        )
        wake()
        return AddAddressReport(address: "\(channel.rawValue):\(account)/\(address)", isKnown: isKnown)
    }

    package func export(_ person: String) async throws -> PersonExport {
        try await store.export(person, now: clock.now())
    }

    private static func purpose(_ name: String) throws -> Purpose {
        guard let purpose = Purpose(rawValue: name) else { throw OperationRefusal.unknownPurpose(name) }
        return purpose
    }
}

/// Why a request about consents cannot be understood.
package enum OperationRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownChannel(String)
    case unknownPurpose(String)
    case incompleteConsent

    package var description: String {
        switch self {
        case .unknownChannel(let channel):
            "there is no channel '\(channel)'; the channels are \(ChannelRegistry.all.map(\.name.rawValue).joined(separator: ", "))"
        case .unknownPurpose(let purpose):
            "there is no purpose '\(purpose)'; the purposes are \(Purpose.allCases.map(\.rawValue).joined(separator: ", "))"
        case .incompleteConsent: "a consent needs a channel, a purpose and evidence"
        }
    }
}
