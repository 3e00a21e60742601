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
    /// Ends the doubt over a message, in the operator's word.
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
                SELECT \(Enrollment.columns), \(Self.doubtColumns)
                FROM delivery JOIN enrollment ON enrollment.id = delivery.enrollment
                WHERE enrollment.person = ? AND enrollment.sequence = ? AND delivery.step = ? AND state = 'in_doubt'
                ORDER BY enrollment.round DESC LIMIT 1
                """,
                [person.id, sequence, step]
            )
            guard let found else { throw ResolveError.notInDoubt(person: name, step: step) }
            let enrollment = Enrollment(row: found)
            switch resolution {
            case .sent: try db.close(enrollment.id, step, Delivery(state: .sent, reason: nil))
            case .skip:
                let reason = "in doubt, and left at that by the operator"
                try db.close(enrollment.id, step, Delivery(state: .skipped, reason: reason))
            case .resend: try sendAgain(step, found, person, resends: 0, db, now: now)
            }
        }
    }

    /// What `sendAgain` needs of a delivery, besides `Enrollment.columns`.
    static let doubtColumns = "enrollment.ended_at, delivery.part, delivery.message_ids, delivery.scheduled"

    /// The delivery in doubt goes, and its person stands before the step once more.
    /// - Parameters:
    ///   - delivery: a row with `doubtColumns`.
    ///   - resends: how often that happened by itself.
    /// - Throws: `ResolveError`; nothing is changed then.
    func sendAgain(
        _ step: String,
        _ delivery: Row,
        _ person: Person,
        resends: Int,
        _ db: Database,
        now: Instant
    ) throws {
        let enrollment = Enrollment(row: delivery)
        guard person.stoppedAt == nil else { throw ResolveError.stopped(person: person.address) }
        guard let current = catalog.sequence(of: enrollment)?.step(step) else { throw ResolveError.gone(step: step) }
        // What has begun, on its way or half there, is not to be begun anew.
        let next = try db.row("SELECT claimed_at, part, echo FROM job WHERE enrollment = ?", [enrollment.id])
        if let next {
            let (claimedAt, part, echo): (Instant?, Int, String?) = (next["claimed_at"], next["part"], next["echo"])
            guard claimedAt == nil, part == 0, echo == nil else { throw ResolveError.busy(person: person.address) }
        }
        try db.run("DELETE FROM delivery WHERE enrollment = ? AND step = ?", [enrollment.id, step])
        try db.tally(Delivery.State.inDoubt.rawValue, -1)
        try Self.goBack(enrollment.id, before: current, delivery, person, resends: resends, db, now: now)
    }

    /// The enrollment stands before the step once more, which makes that its next one, by the same rule as ever: edits,
    /// retries and what comes after it need no exception. Whether it is too late is for the sequence's `late` to say.
    private static func goBack(
        _ enrollment: EnrollmentID,
        before step: Step,
        _ delivery: Row,
        _ person: Person,
        resends: Int,
        _ db: Database,
        now: Instant
    ) throws {
        try db.run("DELETE FROM job WHERE enrollment = ?", [enrollment])
        let endedAt: Instant? = delivery["ended_at"]
        if endedAt != nil { try db.tally("under_way") }
        // Positions are whole milliseconds: nothing stands between this one and the step's.
        let before = Span(milliseconds: step.position.milliseconds - 1)
        try db.run(
            "UPDATE enrollment SET position = ?, ended_at = NULL, end_reason = NULL WHERE id = ?",
            [before, enrollment]
        )
        let part: Int = delivery["part"]
        let messageIDs: String? = delivery["message_ids"]
        let scheduled: Instant = delivery["scheduled"]
        // From the part that was in doubt: those before it arrived.
        try db.run(
            """
            INSERT INTO job (enrollment, lane, step, due, scheduled, part, message_ids, resends)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [enrollment, person.lane, step.id, now, scheduled, part, messageIDs, resends]
        )
    }
}

extension Database {
    /// Ends the doubt over a delivery.
    func close(_ enrollment: EnrollmentID, _ step: String, _ delivery: Delivery) throws {
        try run(
            "UPDATE delivery SET state = ?, reason = ?, look_at = NULL, note = NULL WHERE enrollment = ? AND step = ?",
            [delivery.state.rawValue, delivery.reason, enrollment, step]
        )
        try tally(Delivery.State.inDoubt.rawValue, -1)
        try tally(delivery.state.rawValue)
    }

    /// The platform has shown a message: if it was in doubt, it was sent.
    /// - Returns: whether it was in doubt.
    func show(_ enrollment: EnrollmentID, _ step: String, part: Int, messageID: String) throws -> Bool {
        try run(
            """
            UPDATE delivery SET message_ids = CASE WHEN message_ids IS NULL THEN ? ELSE message_ids || ' ' || ? END
            WHERE enrollment = ? AND step = ? AND part = ? AND state = 'in_doubt'
            """,
            [messageID, messageID, enrollment, step, part]
        )
        guard changesCount > 0 else { return false }
        try close(enrollment, step, Delivery(state: .sent, reason: nil))
        return true
    }
}
