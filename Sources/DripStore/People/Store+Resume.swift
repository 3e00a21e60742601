package import ControlAPI
package import DripCore
import GRDB

extension Store {
    /// Takes back a person's stop or pause, and records why. Enrollments that the stop ended stay ended.
    /// - Parameter name: as in `person(_:)`.
    /// - Throws: `PersonError`; `notStopped` if the person is neither stopped nor paused.
    package func resume(_ name: String, reason: String, now: Instant) async throws -> ResumeReport {
        try await write { db in
            let person = try Self.find(name, db)
            guard let since = person.stoppedAt ?? person.pausedAt else { throw PersonError.notStopped(name) }
            _ = try Consent(db: db, person: person.id).resume(at: now, now: now, by: .operatorCommand, reason: reason)
            AuditedRequest.current?.changes(from: person.consentState, to: "active")
            let goesOn = try db.all(
                "SELECT sequence FROM enrollment WHERE person = ? AND ended_at IS NULL ORDER BY id",
                [person.id]
            ) { row in row[0] as String }
            return ResumeReport(
                page: person.address.account.externalID,
                person: person.address.externalID,
                since: since,
                wasStopped: person.stoppedAt != nil,
                goesOn: goesOn
            )
        }
    }
}
