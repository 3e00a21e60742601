package import ControlAPI
package import DripCore
import GRDB

package enum ResolveError: Error, Hashable, Sendable, CustomStringConvertible {
    case notInDoubt(person: String, step: String)
    case busy(person: String)
    case stopped(person: String)
    case gone(step: String)

    package var description: String {
        switch self {
        case .notInDoubt(let person, let step):
            "no step '\(step)' of \(person) is in doubt; `dripd jobs list --state in_doubt` shows those that are"
        case .busy(let person): "a message to \(person) is on its way; try again in a moment"
        case .stopped(let person): "\(person) asked to get nothing more, so nothing can be sent again"
        case .gone(let step): "step '\(step)' is in no file any more, so it can't be sent again"
        }
    }
}

extension Store {
    /// Resolves a delivery in doubt by the operator's decision.
    /// - Throws: `ResolveError`, `PersonError`, `StoreError`.
    package func resolve(
        _ name: String,
        sequence: String,
        step: String,
        as resolution: Resolution,
        now: Instant
    ) async throws {
        try await write { [self] db in
            let person = try Self.find(name, db)
            let found = try db.row(
                """
                SELECT \(Enrollment.columns), \(Person.columns), \(Ledger.inDoubtColumns), delivery.echo
                FROM \(Ledger.inDoubt)
                WHERE enrollment.person = ? AND enrollment.sequence = ? AND delivery.step = ? AND state = 'in_doubt'
                ORDER BY enrollment.round DESC LIMIT 1
                """,
                [person.id, sequence, step]
            )
            guard let found else { throw ResolveError.notInDoubt(person: name, step: step) }
            AuditedRequest.current?.concerns(sequence: sequence, step: step)
            let ledger = Ledger(db: db, catalog: catalog, now: now)
            switch resolution {
            case .sent: try ledger.resolveAsDelivered(found, step, messageID: found["echo"])
            case .skip:
                let reason = SkipReason.byOperator.rawValue
                try ledger.close(found["enrollment_id"], step, Delivery(state: .skipped, reason: reason))
            case .resend:
                // It has arrived; the rest of its step only waits for its turn.
                guard found["echo"] == nil else { throw ResolveError.busy(person: name) }
                try ledger.sendAgain(step, found, resends: 0)
            }
            AuditedRequest.current?.changes(from: "in doubt", to: resolution.rawValue)
        }
    }
}
