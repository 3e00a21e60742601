package import ControlAPI
package import DripCore
import GRDB

package enum HoldError: Error, Hashable, Sendable, CustomStringConvertible {
    case notOnHold

    package var description: String { "nothing is on hold; see `dripd status`" }
}

extension Store {
    /// Why nothing is sent until an operator adopts this state; nil if it is not on hold.
    package var hold: Hold? { fence.hold }

    /// Returns the latest time that the state recorded. A clock that shows an earlier time is wrong, or was wrong then.
    package func latestMoment() async throws -> Instant? {
        try await read { db in
            let claimed: Instant? = try db.row("SELECT at FROM fence", [])?["at"]
            let received: Instant? = try db.row("SELECT received_at FROM event ORDER BY id DESC LIMIT 1", [])?[
                "received_at"
            ]
            return [claimed, received].compactMap(\.self).max()
        }
    }

    /// Returns the steps that are due, and those that the daemon of the original state may have sent already.
    package func holdReport(steps limit: Int, now: Instant) async throws -> HoldReport {
        try await read { [self] db in
            let hold = hold
            let until = hold?.sentElsewhereUntil(now: now)
            let due = try db.row("SELECT count(*) AS number FROM job WHERE claimed_at IS NULL AND due <= ?", [now])
            let missed = try db.row(
                "SELECT count(*) AS number FROM job WHERE claimed_at IS NULL AND min(due, scheduled) <= ?",
                [until]
            )
            let steps = try db.rows(
                """
                SELECT page, external_id AS address, sequence, step, scheduled AS due, attempt, waiting_for, error FROM job
                JOIN enrollment ON enrollment.id = job.enrollment
                JOIN address ON address.id = job.address JOIN account ON account.id = job.account
                WHERE claimed_at IS NULL AND min(due, scheduled) <= ? ORDER BY scheduled, enrollment.id LIMIT ?
                """,
                [until, limit]
            )
            return HoldReport(
                hold: hold,
                due: due?["number"] ?? 0,
                missed: missed?["number"] ?? 0,
                steps: steps.map { JobSummary(.waiting, row: $0) },
                broughtBack: hold == nil ? nil : try SuppressionReplayReport(db)
            )
        }
    }

    /// Ends the hold. Steps that became due while another copy of this state may have been sending are skipped
    /// (`restored`) when their turn comes. This includes steps of people who are added later because their messages
    /// were missed.
    /// - Parameter sendingMissed: whether to send these steps by the ordinary rules instead.
    /// - Returns: the hold as it was before.
    /// - Throws: `HoldError`, `StoreError`.
    package func adoptState(sendingMissed: Bool, now: Instant) async throws -> HoldReport {
        let report = try await holdReport(steps: 0, now: now)
        try await write { [fence] db in
            guard let hold = fence.hold else { throw HoldError.notOnHold }
            AuditedRequest.current?.changes(
                from: "on hold",
                to: sendingMissed ? "missed steps are sent" : "missed steps are skipped"
            )
            try fence.adopt(db, leavingOutUntil: sendingMissed ? nil : hold.sentElsewhereUntil(now: now), now: now)
        }
        try? await pool.writeWithoutTransaction { [fence] in try fence.completeAdoption($0) }
        return report
    }
}
