package import DripCore
import GRDB

/// What an operator found out about a message in doubt.
package enum Resolution: String, Codable, CaseIterable, Hashable, Sendable {
    /// It arrived.
    case sent
    /// It did not, and is to go out now.
    case resend
    /// Whatever became of it, it is not to be sent again.
    case skip
}

package enum ResolveError: Error, Hashable, Sendable, CustomStringConvertible {
    case notInDoubt(person: String, step: String)
    case busy(person: String)
    case stopped(person: String)

    package var description: String {
        switch self {
        case .notInDoubt(let person, let step):
            "no step '\(step)' of \(person) is in doubt; `dripd jobs list --state in_doubt` shows those that are"
        case .busy(let person): "a message to \(person) is on its way; try again in a moment"
        case .stopped(let person): "\(person) asked to get nothing more, so nothing can be sent again"
        }
    }
}

extension Store {
    /// Ends the doubt over a message, in the operator's word.
    /// - Throws: `ResolveError`, `PersonError`, `StoreError`.
    package func resolve(
        _ name: String,
        sequence: String,
        step: String,
        as resolution: Resolution,
        now: Instant
    ) async throws {
        try await write { db in
            let person = try Self.find(name, db)
            let found = try db.row(
                """
                SELECT enrollment.id, enrollment.ended_at, delivery.part, delivery.message_ids FROM delivery
                JOIN enrollment ON enrollment.id = delivery.enrollment
                WHERE enrollment.person = ? AND enrollment.sequence = ? AND delivery.step = ? AND state = 'in_doubt'
                ORDER BY enrollment.round DESC LIMIT 1
                """,
                [person.id, sequence, step]
            )
            guard let found else { throw ResolveError.notInDoubt(person: name, step: step) }
            let enrollment: EnrollmentID = found["id"]
            try db.tally(Delivery.State.inDoubt.rawValue, -1)
            switch resolution {
            case .sent: try Self.close(enrollment, step, .sent, db)
            case .skip: try Self.close(enrollment, step, .skipped, db)
            case .resend:
                guard person.stoppedAt == nil else { throw ResolveError.stopped(person: name) }
                try db.run("DELETE FROM delivery WHERE enrollment = ? AND step = ?", [enrollment, step])
                try Self.sendAgain(enrollment, step, found, person, db, now: now)
            }
        }
    }

    private static func close(
        _ enrollment: EnrollmentID,
        _ step: String,
        _ state: Delivery.State,
        _ db: Database
    ) throws {
        try db.run(
            "UPDATE delivery SET state = ?, reason = ? WHERE enrollment = ? AND step = ?",
            [state.rawValue, state == .sent ? nil : "in doubt, and left at that by the operator", enrollment, step]
        )
        try db.tally(state.rawValue)
    }

    /// The step is the enrollment's next once more, from the part that was in doubt; what was to come next comes after it,
    /// since its position is where it was.
    private static func sendAgain(
        _ enrollment: EnrollmentID,
        _ step: String,
        _ delivery: Row,
        _ person: Person,
        _ db: Database,
        now: Instant
    ) throws {
        if let job = try db.row("SELECT claimed_at FROM job WHERE enrollment = ?", [enrollment]) {
            let claimedAt: Instant? = job["claimed_at"]
            guard claimedAt == nil else { throw ResolveError.busy(person: person.address) }
            try db.run("DELETE FROM job WHERE enrollment = ?", [enrollment])
        }
        let endedAt: Instant? = delivery["ended_at"]
        if endedAt != nil {
            try db.run("UPDATE enrollment SET ended_at = NULL, end_reason = NULL WHERE id = ?", [enrollment])
            try db.tally("under_way")
        }
        let part: Int = delivery["part"]
        let messageIDs: String? = delivery["message_ids"]
        // Due and scheduled now: it is not late by the operator's time to find out.
        try db.run(
            """
            INSERT INTO job (enrollment, lane, step, due, scheduled, part, message_ids) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [enrollment, person.lane, step, now, now, part, messageIDs]
        )
    }
}
