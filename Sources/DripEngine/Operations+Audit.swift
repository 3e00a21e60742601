import DripCore
package import DripStore
import Logging

extension Operations {
    /// Carries out a request that may change something, and has it recorded: in the state, and in the log.
    /// - Parameters:
    ///   - peer: nil: dripd itself.
    ///   - body: its errors are passed on.
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
            request.isNotDone(refusal.result, because: refusal.reason)
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
            // Nothing was changed, or its own transaction has recorded it: this line is what is left of the rest.
            logger.error(
                "an operator's request could not be recorded",
                metadata: ["reason": "\(ErrorText.words(error))"]
            )
        }
    }

    /// What operators changed, the newest first.
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
