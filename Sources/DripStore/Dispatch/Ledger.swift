import DripCore
import GRDB

/// The only code that ends a step: it writes the delivery row and the job of the next step, in the caller's
/// transaction.
struct Ledger {
    let db: Database
    let catalog: Catalog
    let now: Instant
    /// Collects the changes to the sums, for a caller that ends many steps in one transaction; nil to write each change
    /// immediately.
    var sums: TallyChanges?

    /// The outcome of a step, with everything that the delivery row stores about it.
    struct Entry {
        var delivery: Delivery
        /// The step's position; nil if no file contains the step any more.
        var position: Milliseconds?
        var sequenceHash: String?
        /// nil if the step ended without a request.
        var permission: Permission?
        var variant: Int?
        var bodyHash: String?
        var messageID: String?
        /// Whether more parts of the step were to follow.
        var hasMore = false
        /// For a delivery in doubt: the message as its conversation would show it.
        var expected: ExpectedMessage?

        /// Marks a step as skipped because its enrollment ended while a part was being sent. The remaining parts are
        /// not sent.
        /// - Parameter messageID: the id of that part, if it arrived.
        mutating func cutOff(because endReason: String?, messageID: String?) {
            delivery = Delivery(state: .skipped, reason: endReason ?? SkipReason.stopped.rawValue)
            self.messageID = messageID
        }
    }

    /// An enrollment and its job as the database has them now. While a message was being sent, the enrollment may have
    /// ended, or may have been pinned to a version.
    struct JobSnapshot {
        let enrollment: Enrollment
        let endedAt: Instant?
        let endReason: String?
        /// The message ids of the parts that were sent.
        let messageIDs: String?
        let claimedAt: Instant?
        let resends: Int
        /// The id of the message that is being sent, if the platform has confirmed it already.
        let echo: String?
        /// The names that the finished steps had when they ended.
        let over: Set<String>

        static let columns = """
            \(Enrollment.columnsWithJob), enrollment.ended_at, enrollment.end_reason, job.message_ids, job.claimed_at,
            job.resends, job.echo,
            (SELECT group_concat(step, ' ') FROM delivery WHERE delivery.enrollment = enrollment.id)
            """

        /// The number of `columns`.
        static let columnCount = Enrollment.columnCount + 7

        /// Reads a row that begins with `columns`.
        init(row: Row) {
            let first = Enrollment.columnCount
            enrollment = Enrollment(row: row)
            endedAt = row[first]
            endReason = row[first + 1]
            messageIDs = row[first + 2]
            claimedAt = row[first + 3]
            resends = row[first + 4] ?? 0
            echo = row[first + 5]
            let steps: String? = row[first + 6]
            over = Set((steps ?? "").split(separator: " ").map(String.init))
        }
    }

    private func snapshot(of enrollment: EnrollmentID) throws -> JobSnapshot? {
        try db.first(
            """
            SELECT \(JobSnapshot.columns) FROM enrollment LEFT JOIN job ON job.enrollment = enrollment.id
            WHERE enrollment.id = ?
            """,
            [enrollment],
            JobSnapshot.init
        )
    }

    /// Writes the delivery row and replaces the job with the next step's. Ends the enrollment after the last step.
    /// - Parameter snapshot: the snapshot, if the caller has read it already.
    /// - Returns: when to examine the next step's job; nil if no step follows.
    @discardableResult
    func end(_ job: Job, _ entry: Entry, _ snapshot: JobSnapshot? = nil) throws -> Instant? {
        let snapshot = try snapshot ?? self.snapshot(of: job.enrollment.id)
        let messageIDs = [snapshot?.messageIDs, entry.messageID].compactMap { $0 }.joined(separator: " ")
        let leftAt = snapshot?.claimedAt
        let isOpen = entry.delivery.state == .inDoubt && leftAt != nil
        // For a skipped or failed step this counts the parts that arrived; for one in doubt it is the part in doubt.
        let arrived = entry.delivery.state == .skipped && entry.messageID != nil ? job.part + 1 : job.part
        // A held job may name a step that is over. Then there is no row to write, only the job to end.
        try db.run(
            """
            INSERT INTO delivery (
                enrollment, step, state, reason, scheduled, at, attempts, part, permission, message_ids, sequence_hash,
                variant, body_hash, left_at, look_at, resends, has_more, expected, address)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (enrollment, step) DO NOTHING
            """,
            [
                job.enrollment.id, job.step, entry.delivery.state.rawValue, entry.delivery.reason, job.scheduled, now,
                job.attempt + (entry.permission == nil ? 0 : 1), arrived, entry.permission?.rawValue,
                messageIDs.isEmpty ? nil : messageIDs, entry.sequenceHash, entry.variant, entry.bodyHash,
                leftAt, isOpen ? now : nil, snapshot?.resends ?? 0, entry.hasMore,
                try entry.expected.map(JSONColumn.text),
                entry.permission != nil || arrived > 0 ? job.person.address.id : nil,
            ]
        )
        if db.changesCount > 0 {
            for name in entry.delivery.sums { try tally(name, 1) }
        }
        let position = [job.enrollment.position, entry.position].compactMap { $0 }.max()
        if let snapshot, snapshot.endedAt == nil {
            let following = catalog.nextStep(
                snapshot.enrollment,
                after: position,
                over: snapshot.over.union([job.step]),
                personZone: job.person.zone
            )
            return try schedule(job, following, after: position, partsSent: 0, isNext: true)
        }
        // The enrollment was stopped while the message was being sent, so no step follows.
        try remove(job, after: position)
        return nil
    }

    /// Deletes the job. The job stores the enrollment's position, so the position is written to the enrollment's own
    /// row.
    private func remove(_ job: Job, after position: Milliseconds?) throws {
        try db.run("DELETE FROM job WHERE enrollment = ?", [job.enrollment.id])
        try db.run("UPDATE enrollment SET position = ? WHERE id = ?", [position, job.enrollment.id])
    }

    /// Returns the names that an enrollment's finished steps had when they ended.
    func over(_ enrollment: EnrollmentID) throws -> Set<String> {
        Set(try db.all("SELECT step FROM delivery WHERE enrollment = ?", [enrollment]) { row in row["step"] })
    }

    /// Returns the step that follows `position`.
    private func nextStep(_ job: Job, after position: Milliseconds?, over: Set<String>) -> NextStep {
        catalog.nextStep(job.enrollment, after: position, over: over, personZone: job.person.zone)
    }

    /// Recomputes the next step of a job that is not being sent, because the files have changed.
    /// - Parameter over: the finished steps.
    /// - Returns: whether anything changed, and what follows.
    @discardableResult
    func reschedule(_ job: Job, over: Set<String>) throws -> (isChanged: Bool, following: NextStep) {
        if job.part > 0, let sequence = catalog.sequence(of: job.enrollment) {
            return (true, try reschedulePartlySent(job, sequence))
        }
        let following = nextStep(job, after: job.enrollment.position, over: over)
        guard case .step(let next) = following, isSame(next.step.id, job), next.due == job.scheduled,
            job.waitingFor != .sequence
        else {
            try schedule(job, following, after: job.enrollment.position, partsSent: job.part)
            return (true, following)
        }
        // The time of its first check may have changed.
        try db.run(
            """
            UPDATE job SET due = ? WHERE enrollment = ? AND attempt = 0 AND echo IS NULL
                AND (waiting_for IS NULL OR waiting_for IN ('time', 'gap'))
            """,
            [next.firstCheck, job.enrollment.id]
        )
        return (false, following)
    }

    /// Does the same as `follow` for a job whose message came back unsent. It reads the person and the pinned version
    /// again.
    func rescheduleUnsent(_ enrollment: EnrollmentID) throws {
        let row = try db.row(
            """
            SELECT \(Job.columns) FROM \(Job.joined)
            WHERE job.enrollment = ?
            """,
            [enrollment]
        )
        if let row { try reschedule(try Job(row: row), over: try over(enrollment)) }
    }

    /// Returns whether the job's step has this name in the current file.
    private func isSame(_ step: String, _ job: Job) -> Bool {
        step == job.step || catalog.sequence(of: job.enrollment)?.currentName(of: job.step) == step
    }

    /// Continues a partly sent step, whatever its offset is now.
    private func reschedulePartlySent(_ job: Job, _ sequence: DripSequence) throws -> NextStep {
        if let step = sequence.step(job.step) {
            let zone = catalog.zone(for: job.person.zone, in: sequence)
            let due = sequence.due(step, anchor: job.enrollment.anchor, zone: zone)
            let next = DueStep(step: step, due: due)
            try setJob(
                job,
                step: job.step,
                due: due,
                scheduled: due,
                nil,
                after: job.enrollment.position,
                partsSent: job.part
            )
            return .step(next)
        }
        let reason = "the step was removed from the file after \(job.part) of its parts had been sent"
        try end(job, Entry(delivery: Delivery(state: .failed, reason: reason, errorClass: "edit")))
        return nextStep(job, after: job.enrollment.position, over: try over(job.enrollment.id))
    }

    /// Records that a part was sent, and makes the next part due.
    func partSent(_ job: Job, messageID: String) throws {
        try db.run(
            """
            UPDATE job SET part = part + 1, attempt = 0, claimed_at = NULL, error = NULL, echo = NULL, held_by = NULL,
                due = ?,
                message_ids = CASE WHEN message_ids IS NULL THEN ? ELSE message_ids || ' ' || ? END
            WHERE enrollment = ?
            """,
            [now, messageID, messageID, job.enrollment.id]
        )
    }

    /// Records that a message arrived: the platform confirmed it, although no answer to the request did.
    /// - Parameter endReason: why the enrollment is over; nil if it is not.
    func confirmDelivered(_ job: Job, messageID: String, _ claimed: ClaimedMessage, endReason: String?) throws {
        if !claimed.isLast, endReason == nil { return try partSent(job, messageID: messageID) }
        var entry = claimed.entry(Delivery(state: .sent, reason: nil))
        entry.messageID = messageID
        if !claimed.isLast { entry.cutOff(because: endReason, messageID: messageID) }
        try end(job, entry)
    }

    /// Sets an enrollment's job to the step that follows. Ends the enrollment if no step follows, and holds it if its
    /// sequence is in no file: the file may come back.
    /// - Parameter isNext: whether the job's own step is over.
    /// - Returns: when to examine the job; nil if no step is known to follow.
    @discardableResult
    private func schedule(
        _ job: Job,
        _ following: NextStep,
        after position: Milliseconds?,
        partsSent: Int,
        isNext: Bool = false
    ) throws -> Instant? {
        switch following {
        case .step(let next):
            try setJob(
                job,
                step: next.step.id,
                due: next.firstCheck,
                scheduled: next.due,
                nil,
                after: position,
                partsSent: partsSent,
                // The limit that delayed the previous step has delayed this one, too.
                keepsHolder: isNext && next.due <= now
            )
            return next.firstCheck
        case .held:
            try setJob(
                job,
                step: job.step,
                due: .distantFuture,
                scheduled: job.scheduled,
                .sequence,
                after: position,
                partsSent: partsSent
            )
            return nil
        case .nothing:
            try remove(job, after: position)
            try end(job.enrollment.id, reason: "finished")
            return nil
        }
    }

    /// Ends all enrollments of a person, or the one in a sequence. The waiting step is skipped.
    /// - Returns: the sequences that ended.
    func stop(_ person: PersonID, sequence: String?, _ reason: SkipReason) throws -> [String] {
        let enrollments = try db.rows(
            "SELECT id, sequence FROM enrollment WHERE person = ? AND ended_at IS NULL ORDER BY id",
            [person]
        ).filter { sequence == nil || $0["sequence"] == sequence }
        for enrollment in enrollments {
            try end(enrollment["id"], reason: reason.rawValue)
            // A message that is being sent cannot be called back: its outcome is recorded, and no step follows.
            let waiting = try db.row(
                """
                SELECT \(Job.columns), \(ClaimedMessage.columns), job.echo
                FROM \(Job.joined) WHERE job.enrollment = ? AND job.claimed_at IS NULL
                """,
                [enrollment["id"] as EnrollmentID]
            )
            guard let waiting else { continue }
            let job = try Job(row: waiting)
            if let echo: String = waiting["echo"] {
                try confirmDelivered(job, messageID: echo, ClaimedMessage(row: waiting), endReason: reason.rawValue)
            } else {
                try end(job, Entry(delivery: Delivery(state: .skipped, reason: reason.rawValue)))
            }
        }
        return enrollments.map { $0["sequence"] }
    }

    /// Reopens a finished enrollment for the steps that were appended.
    /// - Returns: whether a step follows.
    func reopen(_ state: EnrollmentState) throws -> Bool {
        guard catalog.mayReopen(state) else { return false }
        let enrollment = state.enrollment
        let following = catalog.nextStep(
            enrollment,
            after: enrollment.position,
            over: state.over,
            personZone: state.person.zone
        )
        guard case .step(let next) = following else { return false }
        // The appended steps are in the version in force, so the enrollment is pinned to that one.
        let sequence = catalog[enrollment.sequence]
        try db.run(
            "UPDATE enrollment SET ended_at = NULL, end_reason = NULL, version = ? WHERE id = ?",
            [sequence?.onEdit == .pin ? sequence?.hash : nil, enrollment.id]
        )
        try db.run(
            "INSERT INTO job (enrollment, account, address, step, due, scheduled) VALUES (?, ?, ?, ?, ?, ?)",
            [
                enrollment.id, state.person.address.account.id, state.person.address.id, next.step.id, next.firstCheck,
                next.due,
            ]
        )
        try db.tally("under_way")
        return true
    }

    /// Marks an enrollment as ended. A message that is being sent keeps its job until its outcome is recorded.
    func end(_ enrollment: EnrollmentID, reason: String) throws {
        try db.run("UPDATE enrollment SET ended_at = ?, end_reason = ? WHERE id = ?", [now, reason, enrollment])
        try tally("under_way", -1)
    }

    private func tally(_ name: String, _ change: Int) throws {
        if let sums { sums.add(name, change) } else { try db.tally(name, change) }
    }

    /// Rewrites the job. Parts that were sent count as sent as long as the step is the same.
    private func setJob(
        _ job: Job,
        step: String,
        due: Instant,
        scheduled: Instant,
        _ waitingFor: WaitReason?,
        after position: Milliseconds?,
        partsSent: Int,
        keepsHolder: Bool = false
    ) throws {
        let parts = step == job.step ? partsSent : 0
        let isSame = isSame(step, job)
        try db.run(
            """
            UPDATE job SET step = ?, due = ?, scheduled = ?, position = ?, attempt = 0, part = ?,
                message_ids = CASE WHEN ? = 0 THEN NULL ELSE message_ids END, waiting_for = ?,
                held_by = CASE WHEN ? THEN held_by END, error = NULL, claimed_at = NULL,
                echo = CASE WHEN ? THEN echo END,
                resends = CASE WHEN ? THEN resends ELSE 0 END
            WHERE enrollment = ?
            """,
            [
                step, due, scheduled, position, parts, parts, waitingFor?.rawValue, keepsHolder, isSame, isSame,
                job.enrollment.id,
            ]
        )
    }
}
