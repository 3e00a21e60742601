import DripCore
import GRDB

/// How a doubt ends: by an echo, by the conversation, by the operator.
extension Ledger {
    /// Deliveries with what is known of their enrollment and person.
    static let doubts = """
        delivery JOIN enrollment ON enrollment.id = delivery.enrollment JOIN person ON person.id = enrollment.person
        JOIN lane ON lane.id = person.lane
        """

    /// What `arrived` and `sendAgain` need of a delivery, besides the columns of its enrollment and person.
    static let doubtColumns = """
        enrollment.ended_at, enrollment.end_reason, delivery.part, delivery.has_more, delivery.message_ids,
        delivery.scheduled
        """

    func close(_ enrollment: EnrollmentID, _ step: String, _ delivery: Delivery) throws {
        try db.run(
            """
            UPDATE delivery SET state = ?, reason = ?, look_at = NULL, note = NULL, expected = NULL
            WHERE enrollment = ? AND step = ?
            """,
            [delivery.state.rawValue, delivery.reason, enrollment, step]
        )
        try db.tally(Delivery.State.inDoubt.rawValue, -1)
        for name in delivery.sums { try db.tally(name) }
    }

    /// The platform has shown a message. Where what is left of its step cannot follow now, that is remembered for the next look.
    /// - Returns: nil if it was not in doubt, or stays so.
    func arrived(_ enrollment: EnrollmentID, _ step: String, part: Int, messageID: String) throws -> Arrival? {
        let delivery = try db.row(
            """
            SELECT \(Enrollment.columns), \(Person.columns), \(Self.doubtColumns) FROM \(Self.doubts)
            WHERE delivery.enrollment = ? AND step = ? AND part = ? AND state = 'in_doubt'
            """,
            [enrollment, step, part]
        )
        do {
            return try delivery.map { try arrived($0, step, messageID: messageID) }
        } catch ResolveError.busy {
            try db.run("UPDATE delivery SET echo = ? WHERE enrollment = ? AND step = ?", [messageID, enrollment, step])
            try lookAgain(enrollment, step, at: now + Doubt.settling)
            return nil
        }
    }

    /// The platform has shown, or answered late, that a part arrived: one in doubt, one whose answer has yet to come and may
    /// not, or one that the platform refused for now and delivered all the same.
    /// - Parameter isLate: it is an answer to an earlier request: one that is on its way now has an answer of its own.
    /// - Returns: whether a job is due at once by that, and what followed for a step in doubt.
    @discardableResult
    func confirm(
        _ enrollment: EnrollmentID,
        _ step: String,
        part: Int,
        messageID: String,
        isLate: Bool = false
    ) throws -> (makesDue: Bool, arrival: Arrival?) {
        try db.run(
            """
            UPDATE job SET echo = ?, due = min(due, ?)
            WHERE enrollment = ? AND step = ? AND part = ? AND (claimed_at IS NULL OR NOT ?)
            """,
            [messageID, now, enrollment, step, part, isLate]
        )
        let makesDue = db.changesCount > 0
        return (makesDue, try arrived(enrollment, step, part: part, messageID: messageID))
    }

    /// A late answer says that a message in doubt was refused for good.
    func refused(_ enrollment: EnrollmentID, _ step: String, part: Int, _ delivery: Delivery) throws {
        let isInDoubt = try db.row(
            "SELECT 1 FROM delivery WHERE enrollment = ? AND step = ? AND part = ? AND state = 'in_doubt' AND echo IS NULL",
            [enrollment, step, part]
        )
        if isInDoubt != nil { try close(enrollment, step, delivery) }
    }

    func lookAgain(_ enrollment: EnrollmentID, _ step: String, at moment: Instant) throws {
        try db.run(
            "UPDATE delivery SET look_at = ? WHERE enrollment = ? AND step = ? AND left_at IS NOT NULL",
            [moment, enrollment, step]
        )
    }

    /// What follows from a message in doubt having arrived.
    enum Arrival {
        case over
        /// Parts of its step are still to go out.
        case goesOn
    }

    /// The part that was in doubt arrived. If others of its step were to follow, they do: half a step is not one.
    /// - Throws: `ResolveError.busy` where they cannot now, since the person's next message is on its way, or half there;
    ///   nothing is changed then.
    @discardableResult
    func arrived(_ delivery: Row, _ step: String, messageID: String?) throws -> Arrival {
        let enrollment = Enrollment(row: delivery).id
        let earlier: String? = delivery["message_ids"]
        let joined = [earlier, messageID].compactMap(\.self).joined(separator: " ")
        let messageIDs = joined.isEmpty ? nil : joined
        let (part, hasMore): (Int, Bool) = (delivery["part"], delivery["has_more"])
        var end = Delivery(state: .sent, reason: nil)
        if hasMore, let reason = try Self.endReason(delivery) {
            end = Delivery(state: .skipped, reason: reason)
        } else if hasMore {
            do {
                try goBack(before: step, delivery, part: part + 1, messageIDs: messageIDs, resends: 0)
                return .goesOn
            } catch let error as ResolveError {
                if case .busy = error { throw error }
                let reason = "the parts that are left are not sent any more: \(error)"
                end = Delivery(state: .failed, reason: reason, errorClass: "edit")
            }
        }
        try close(enrollment, step, end)
        // Of what is skipped or fails, `part` counts the parts that arrived.
        try db.run(
            "UPDATE delivery SET message_ids = ?, part = ? WHERE enrollment = ? AND step = ?",
            [messageIDs, end.state == .sent ? part : part + 1, enrollment, step]
        )
        return .over
    }

    /// The delivery in doubt goes, and its person stands before the step once more.
    /// - Parameter resends: how often that happened by itself.
    /// - Throws: `ResolveError`; nothing is changed then.
    func sendAgain(_ step: String, _ delivery: Row, resends: Int) throws {
        // From the part that was in doubt: those before it arrived.
        try goBack(
            before: step,
            delivery,
            part: delivery["part"],
            messageIDs: delivery["message_ids"],
            resends: resends
        )
    }

    /// Why nothing may follow by itself for this delivery's person; an operator may open again what a rule has ended.
    static func endReason(_ delivery: Row) throws -> String? {
        if try Person(row: delivery, at: Enrollment.columnCount).stoppedAt != nil { return SkipReason.stopped.rawValue }
        let reason: String? = delivery["end_reason"]
        return reason == "finished" ? nil : reason
    }

    /// The enrollment stands before the step once more, which makes that its next one, by the same rule as ever: edits,
    /// retries and what comes after it need no exception. Whether it is too late is for the sequence's `late` to say.
    private func goBack(
        before name: String,
        _ delivery: Row,
        part: Int,
        messageIDs: String?,
        resends: Int
    ) throws {
        let enrollment = Enrollment(row: delivery)
        let person = try Person(row: delivery, at: Enrollment.columnCount)
        guard person.stoppedAt == nil else { throw ResolveError.stopped(person: person.address) }
        guard let step = catalog.sequence(of: enrollment)?.step(name) else { throw ResolveError.gone(step: name) }
        // What has begun, on its way or half there, is not to be begun anew.
        let next = try db.row("SELECT claimed_at, part, echo FROM job WHERE enrollment = ?", [enrollment.id])
        if let next {
            let (claimedAt, part, echo): (Instant?, Int, String?) = (next["claimed_at"], next["part"], next["echo"])
            guard claimedAt == nil, part == 0, echo == nil else { throw ResolveError.busy(person: person.address) }
        }
        try db.run("DELETE FROM delivery WHERE enrollment = ? AND step = ?", [enrollment.id, name])
        try db.tally(Delivery.State.inDoubt.rawValue, -1)
        try db.run("DELETE FROM job WHERE enrollment = ?", [enrollment.id])
        let endedAt: Instant? = delivery["ended_at"]
        if endedAt != nil { try db.tally("under_way") }
        // Positions are whole milliseconds: nothing stands between this one and the step's.
        let before = Span(milliseconds: step.position.milliseconds - 1)
        try db.run(
            "UPDATE enrollment SET position = ?, ended_at = NULL, end_reason = NULL WHERE id = ?",
            [before, enrollment.id]
        )
        let scheduled: Instant = delivery["scheduled"]
        try db.run(
            """
            INSERT INTO job (enrollment, lane, step, due, scheduled, part, message_ids, resends)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [enrollment.id, person.lane, step.id, now, scheduled, part, messageIDs, resends]
        )
    }
}
