import DripCore
import GRDB

/// Resolves deliveries in doubt: by an echo, by the conversation, or by the operator.
extension Ledger {
    /// The tables of a delivery with its enrollment, person, address and account.
    static let inDoubt = """
        delivery JOIN enrollment ON enrollment.id = delivery.enrollment JOIN person ON person.id = enrollment.person
        JOIN address ON address.id = delivery.address JOIN account ON account.id = address.account
        """

    /// The columns that `resolveAsDelivered` and `sendAgain` need besides those of the enrollment and the person.
    static let inDoubtColumns = """
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

    /// Resolves a delivery in doubt that the platform has confirmed. If the rest of its step cannot follow now, keeps
    /// the message id for the next check.
    /// - Returns: nil if the delivery was not in doubt, or still is.
    func resolveAsDelivered(_ enrollment: EnrollmentID, _ step: String, part: Int, messageID: String) throws -> Arrival?
    {
        let delivery = try db.row(
            """
            SELECT \(Enrollment.columns), \(Person.columns), \(Self.inDoubtColumns) FROM \(Self.inDoubt)
            WHERE delivery.enrollment = ? AND step = ? AND part = ? AND state = 'in_doubt'
            """,
            [enrollment, step, part]
        )
        do {
            return try delivery.map { try resolveAsDelivered($0, step, messageID: messageID) }
        } catch ResolveError.busy {
            try db.run("UPDATE delivery SET echo = ? WHERE enrollment = ? AND step = ?", [messageID, enrollment, step])
            try scheduleCheck(enrollment, step, at: now + InDoubtDelivery.settling)
            return nil
        }
    }

    /// Records that a part arrived, as the platform's echo or late answer says. The part may be in doubt, may still
    /// wait for its answer, or may have been refused for now and delivered all the same.
    /// - Parameter isLate: whether this is an answer to an earlier request. Then it does not apply to a message that is
    ///   being sent now, which gets its own answer.
    /// - Returns: whether a job is due at once, and what followed for a step in doubt.
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
        return (makesDue, try resolveAsDelivered(enrollment, step, part: part, messageID: messageID))
    }

    /// Records a late answer: a message in doubt was refused for good.
    func refused(_ enrollment: EnrollmentID, _ step: String, part: Int, _ delivery: Delivery) throws {
        let isInDoubt = try db.row(
            "SELECT 1 FROM delivery WHERE enrollment = ? AND step = ? AND part = ? AND state = 'in_doubt' AND echo IS NULL",
            [enrollment, step, part]
        )
        if isInDoubt != nil { try close(enrollment, step, delivery) }
    }

    func scheduleCheck(_ enrollment: EnrollmentID, _ step: String, at moment: Instant) throws {
        try db.run(
            "UPDATE delivery SET look_at = ? WHERE enrollment = ? AND step = ? AND left_at IS NOT NULL",
            [moment, enrollment, step]
        )
    }

    /// What follows when a message in doubt turns out to have arrived.
    enum Arrival {
        case over
        /// More parts of its step are to be sent.
        case goesOn
    }

    /// Records that the part in doubt arrived. If more parts of its step were to follow, they are sent: a step must not
    /// stay half sent.
    /// - Throws: `ResolveError.busy` if they cannot follow now, because the person's next message is being sent or is
    ///   partly sent. Then nothing is changed.
    @discardableResult
    func resolveAsDelivered(_ delivery: Row, _ step: String, messageID: String?) throws -> Arrival {
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
                try rewind(to: step, delivery, part: part + 1, messageIDs: messageIDs, resends: 0)
                return .goesOn
            } catch let error as ResolveError {
                if case .busy = error { throw error }
                let reason = "the remaining parts were not sent: \(error)"
                end = Delivery(state: .failed, reason: reason, errorClass: "edit")
            }
        }
        try close(enrollment, step, end)
        // For a skipped or failed step, `part` counts the parts that arrived.
        try db.run(
            "UPDATE delivery SET message_ids = ?, part = ? WHERE enrollment = ? AND step = ?",
            [messageIDs, end.state == .sent ? part : part + 1, enrollment, step]
        )
        return .over
    }

    /// Deletes the delivery row and rewinds the enrollment to that step and part.
    /// - Parameter resends: how often the daemon has resent the step by itself.
    /// - Throws: `ResolveError`. Then nothing is changed.
    func sendAgain(_ step: String, _ delivery: Row, resends: Int) throws {
        // The parts before the one in doubt arrived.
        try rewind(
            to: step,
            delivery,
            part: delivery["part"],
            messageIDs: delivery["message_ids"],
            resends: resends
        )
    }

    /// Returns why nothing may be sent automatically to this delivery's person; nil if it may. Only an operator may
    /// reopen what a rule has ended.
    static func endReason(_ delivery: Row) throws -> String? {
        if try Person(row: delivery, at: Enrollment.columnCount).stoppedAt != nil { return SkipReason.stopped.rawValue }
        let reason: String? = delivery["end_reason"]
        return reason == "finished" ? nil : reason
    }

    /// Lets a step that was sent, and came back from its address, try the person's next channel. Once: an address that has
    /// refused the step is not tried again for it.
    /// - Returns: false if the step had come back from there before, or cannot be sent again: then it has failed.
    func reopen(
        _ step: String,
        of enrollment: EnrollmentID,
        refusedAt address: AddressID,
        _ failed: Delivery
    ) throws -> Bool {
        let delivery = try db.row(
            """
            SELECT \(Enrollment.columns), \(Person.columns), \(Self.inDoubtColumns), delivery.state FROM \(Self.inDoubt)
            WHERE delivery.enrollment = ? AND step = ? AND delivery.state IN ('sent', 'in_doubt')
                AND delivery.address = ? AND delivery.part = 0
            """,
            [enrollment, step, address]
        )
        guard let delivery else { return false }
        try db.run(
            """
            INSERT INTO attempt (enrollment, step, address, at, reason, error_class, message_ids) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (enrollment, step, address) DO NOTHING
            """,
            [
                enrollment, step, address, now, failed.reason ?? "", failed.errorClass,
                delivery["message_ids"] as String?,
            ]
        )
        let state: String = delivery["state"]
        do {
            guard try Self.endReason(delivery) == nil else { throw ResolveError.gone(step: step) }
            try rewind(to: step, delivery, part: 0, messageIDs: nil, resends: 0, counted: state)
        } catch is ResolveError {
            try db.run(
                "UPDATE delivery SET state = 'failed', reason = ?, look_at = NULL, note = NULL WHERE enrollment = ? AND step = ?",
                [failed.reason, enrollment, step]
            )
            try db.tally(state, -1)
            for name in failed.sums { try db.tally(name) }
        }
        return true
    }

    /// Rewinds the enrollment to just before the step, so the step is its next one by the ordinary rule: edits, retries
    /// and later steps need no exception. The sequence's `late` decides whether it is too late.
    private func rewind(
        to name: String,
        _ delivery: Row,
        part: Int,
        messageIDs: String?,
        resends: Int,
        counted state: String = Delivery.State.inDoubt.rawValue
    ) throws {
        let enrollment = Enrollment(row: delivery)
        let person = try Person(row: delivery, at: Enrollment.columnCount)
        guard person.stoppedAt == nil else { throw ResolveError.stopped(person: person.address.externalID) }
        guard let step = catalog.sequence(of: enrollment)?.step(name) else { throw ResolveError.gone(step: name) }
        // A step that is being sent or partly sent must not start again.
        let next = try db.row("SELECT claimed_at, part, echo FROM job WHERE enrollment = ?", [enrollment.id])
        if let next {
            let (claimedAt, part, echo): (Instant?, Int, String?) = (next["claimed_at"], next["part"], next["echo"])
            guard claimedAt == nil, part == 0, echo == nil else {
                throw ResolveError.busy(person: person.address.externalID)
            }
        }
        try db.run("DELETE FROM delivery WHERE enrollment = ? AND step = ?", [enrollment.id, name])
        try db.tally(state, -1)
        try db.run("DELETE FROM job WHERE enrollment = ?", [enrollment.id])
        let endedAt: Instant? = delivery["ended_at"]
        if endedAt != nil { try db.tally("under_way") }
        // Positions are whole milliseconds, so no other step fits between this position and the step's.
        let before = Milliseconds(step.position.milliseconds - 1)
        try db.run(
            "UPDATE enrollment SET position = ?, ended_at = NULL, end_reason = NULL WHERE id = ?",
            [before, enrollment.id]
        )
        let scheduled: Instant = delivery["scheduled"]
        try db.run(
            """
            INSERT INTO job (enrollment, account, address, step, due, scheduled, part, message_ids, resends)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                enrollment.id, person.address.account.id, person.address.id, step.id, now, scheduled, part, messageIDs,
                resends,
            ]
        )
    }
}
