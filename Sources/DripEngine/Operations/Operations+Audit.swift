package import ControlAPI
import DripCore
import DripStore
import Logging

extension Operations {
    /// Carries out a request that may change something, and records it in the database and in the log.
    /// - Parameters:
    ///   - peer: the process that asked; nil for dripd itself.
    ///   - body: carries out the request. Its errors are rethrown.
    @concurrent package func audited<Result: Sendable>(
        _ verb: String,
        by peer: AuditPeer?,
        _ body: @concurrent () async throws -> Result
    ) async throws -> Result {
        let request = AuditedRequest(verb, by: peer, at: clock.now())
        do {
            let result = try await AuditedRequest.$current.withValue(request) { try await body() }
            request.isDone()
            await end(request)
            return result
        } catch {
            let refusal = AuditRefusal(error)
            request.recordFailure(refusal.result, because: refusal.reason)
            await end(request)
            throw error
        }
    }

    private func end(_ request: AuditedRequest) async {
        guard !request.isDiscarded else { return }
        let record = request.record(in: store.instance)
        logger.notice("operator request", metadata: record.metadata)
        do {
            try await store.end(request)
        } catch {
            // A change is recorded in its own transaction. Of a request that changed nothing only this line remains.
            logger.error(
                "an operator's request could not be recorded",
                metadata: ["reason": "\(ErrorDescription.words(error))"]
            )
        }
    }

    /// Returns what operators changed, the newest first.
    package func audit(_ query: AuditQuery) async throws -> [AuditRecord] {
        try await store.audit(query)
    }
}

extension AuditRecord {
    var metadata: Logger.Metadata {
        let fields: [(String, String?)] = [
            ("verb", verb), ("uid", peer.map { "\($0.uid)" }), ("gid", peer.map { "\($0.gid)" }),
            ("pid", peer.map { "\($0.pid)" }), ("login", peer?.login.map { "\($0)" }), ("person", person),
            ("people", people.map { "\($0)" }), ("sequence", sequence), ("step", step), ("before", before),
            ("after", after), ("result", result.rawValue), ("reason", reason),
        ]
        return Dictionary(uniqueKeysWithValues: fields.compactMap { name, value in value.map { (name, .string($0)) } })
    }
}

/// The reason why a request was not carried out, as one of a few fixed texts: the errors' own descriptions name people.
struct AuditRefusal {
    let result: AuditRecord.Result
    let reason: String

    init(_ error: any Error) {
        switch error {
        case let error as PersonError: (result, reason) = (.refused, Self.words(error))
        case let error as OperationRefusal: (result, reason) = (.refused, Self.words(error))
        case let error as ResolveError: (result, reason) = (.refused, Self.words(error))
        case is HoldError: (result, reason) = (.refused, "nothing is on hold")
        case is ImportRefusal: (result, reason) = (.refused, "the file cannot be imported")
        case is SyncError: (result, reason) = (.refused, "unknown page")
        case is AdoptionError: (result, reason) = (.refused, "another plan")
        case is DecodingError: (result, reason) = (.refused, "unreadable request")
        case is StoreError: (result, reason) = (.failed, "the state cannot be read or written")
        case is CancellationError: (result, reason) = (.failed, "cancelled")
        default: (result, reason) = (.refused, "\(type(of: error))")
        }
    }

    private static func words(_ error: PersonError) -> String {
        switch error {
        case .unknown: "unknown person"
        case .ambiguous: "known on several pages"
        case .unknownSequence: "unknown sequence"
        case .underWay: "under way already"
        case .beenThrough: "been through before"
        case .stopped: "stopped"
        case .paused: "paused"
        case .notStopped: "not stopped"
        case .otherPage: "not for this page"
        case .tooManyTags: "too many tags"
        case .busy: "a message is on its way"
        case .shared: "several people's address"
        case .samePerson: "one person already"
        case .unnamed: "the author of a comment"
        case .unknownAddress: "unknown address"
        case .onlyAddress: "the only address"
        case .inDoubt: "a message is in doubt"
        case .noAccount: "no account of the channel"
        case .notAnAddress: "not an address"
        case .withdrawn: "withdrawn by the person"
        }
    }

    private static func words(_ error: OperationRefusal) -> String {
        switch error {
        case .unknownChannel: "unknown channel"
        case .unknownPurpose: "unknown purpose"
        case .incompleteConsent: "an incomplete consent"
        }
    }

    private static func words(_ error: ResolveError) -> String {
        switch error {
        case .notInDoubt: "not in doubt"
        case .busy: "a message is on its way"
        case .stopped: "stopped"
        case .gone: "in no file any more"
        }
    }
}
