package import DripCore
import GRDB

/// What an operator has to know before a state that is on hold goes on.
package struct HoldReport: Codable, Hashable, Sendable {
    /// nil: it is not on hold.
    package var hold: Hold?
    /// Steps that are due now.
    package var due: Int
    /// Steps that were due before the hold and may have been sent by another copy of this state, due or waiting for something.
    package var missed: Int
    /// Of these, those that were due first.
    package var steps: [JobSummary]
    /// What the list of stops and erasures beside the database brought back; nil: nothing.
    package var broughtBack: BroughtBack?
}

package enum HoldError: Error, Hashable, Sendable, CustomStringConvertible {
    case notOnHold

    package var description: String { "nothing is on hold: `dripd status` tells how things stand" }
}

extension Store {
    /// Why nothing is sent, until an operator adopts this state.
    package var hold: Hold? { fence.hold }

    /// The latest moment that the state recorded: a clock that is behind it is wrong, or was.
    package func latestMoment() async throws -> Instant? {
        try await read { db in
            let claimed: Instant? = try db.row("SELECT at FROM fence", [])?["at"]
            let received: Instant? = try db.row("SELECT received_at FROM event ORDER BY id DESC LIMIT 1", [])?[
                "received_at"
            ]
            return [claimed, received].compactMap(\.self).max()
        }
    }

    /// What is due, and what may have been sent already by the daemon that this state is a copy of.
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
                SELECT page, address, sequence, step, scheduled AS due, attempt, waiting_for, error FROM job
                JOIN enrollment ON enrollment.id = job.enrollment JOIN person ON person.id = enrollment.person
                JOIN lane ON lane.id = person.lane
                WHERE claimed_at IS NULL AND min(due, scheduled) <= ? ORDER BY scheduled, enrollment.id LIMIT ?
                """,
                [until, limit]
            )
            return HoldReport(
                hold: hold,
                due: due?["number"] ?? 0,
                missed: missed?["number"] ?? 0,
                steps: steps.map { JobSummary(.waiting, row: $0) },
                broughtBack: hold == nil ? nil : try BroughtBack(db)
            )
        }
    }

    /// Ends the hold. What came due while another copy of this state may have been at work is skipped (`restored`) when its
    /// turn comes, of people who come in later by what was missed, too.
    /// - Parameter sendingMissed: it is not, and goes by the ordinary rules.
    /// - Returns: what was on hold, as it was before.
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
