import DripCore
import GRDB

/// The one place where a step ends: its row in the ledger and the job of the next step, in the caller's transaction.
struct Ledger {
    let db: Database
    let catalog: Catalog
    let now: Instant
    /// Where changes of sums are collected, for whoever ends many steps in one transaction; nil: each is written.
    var sums: Sums?

    /// How a step ended, with what the row keeps of it.
    struct Entry {
        var delivery: Delivery
        /// The step's position; nil when no file has the step any more.
        var position: Span?
        var sequenceHash: String?
        /// nil for a step that ended without a request.
        var permission: Permission?
        var variant: Int?
        var bodyHash: String?
        var messageID: String?
        /// Parts of the step were to follow.
        var hasMore = false
        /// Of one in doubt: what its conversation would show of it.
        var expected: Sought?

        /// Of a step that its enrollment's end cuts off while a part of it is on its way: the rest is not sent.
        /// - Parameter messageID: of the part, where that arrived.
        mutating func cutOff(because endReason: String?, messageID: String?) {
            delivery = Delivery(state: .skipped, reason: endReason ?? SkipReason.stopped.rawValue)
            self.messageID = messageID
        }
    }

    /// What the database says of an enrollment and its job now: while a message was on its way, the person may have been
    /// stopped, or pinned to a version.
    struct Standing {
        let enrollment: Enrollment
        let endedAt: Instant?
        let endReason: String?
        /// Of the parts that are sent.
        let messageIDs: String?
        let claimedAt: Instant?
        let resends: Int
        /// By which the platform has shown the message that is on its way.
        let echo: String?
        /// The steps that its ledger holds, under the names that they had.
        let over: Set<String>

        static let columns = """
            \(Enrollment.columnsWithJob), enrollment.ended_at, enrollment.end_reason, job.message_ids, job.claimed_at,
            job.resends, job.echo,
            (SELECT group_concat(step, ' ') FROM delivery WHERE delivery.enrollment = enrollment.id)
            """

        /// How many `columns` are.
        static let columnCount = Enrollment.columnCount + 7

        /// Of a row that begins with them.
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

    private func standing(of enrollment: EnrollmentID) throws -> Standing? {
        try db.first(
            """
            SELECT \(Standing.columns) FROM enrollment LEFT JOIN job ON job.enrollment = enrollment.id
            WHERE enrollment.id = ?
            """,
            [enrollment],
            Standing.init
        )
    }

    /// Writes the ledger's row and replaces the job by the next step's, or ends the enrollment after the last.
    /// - Parameter standing: where it has been read already.
    /// - Returns: when the next step's job is to be looked at; nil where none follows.
    @discardableResult
    func end(_ job: Job, _ entry: Entry, _ standing: Standing? = nil) throws -> Instant? {
        let standing = try standing ?? self.standing(of: job.enrollment.id)
        let messageIDs = [standing?.messageIDs, entry.messageID].compactMap { $0 }.joined(separator: " ")
        let leftAt = standing?.claimedAt
        let isOpen = entry.delivery.state == .inDoubt && leftAt != nil
        // Of a step that was skipped or failed, the parts that arrived; of one in doubt, the part that is.
        let arrived = entry.delivery.state == .skipped && entry.messageID != nil ? job.part + 1 : job.part
        // A held job may name a step that is over: then there is only the job to end.
        try db.run(
            """
            INSERT INTO delivery (
                enrollment, step, state, reason, scheduled, at, attempts, part, permission, message_ids, sequence_hash,
                variant, body_hash, left_at, look_at, resends, has_more, expected)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (enrollment, step) DO NOTHING
            """,
            [
                job.enrollment.id, job.step, entry.delivery.state.rawValue, entry.delivery.reason, job.scheduled, now,
                job.attempt + (entry.permission == nil ? 0 : 1), arrived, entry.permission?.rawValue,
                messageIDs.isEmpty ? nil : messageIDs, entry.sequenceHash, entry.variant, entry.bodyHash,
                leftAt, isOpen ? now : nil, standing?.resends ?? 0, entry.hasMore,
                try entry.expected.map(JSONColumn.text),
            ]
        )
        if db.changesCount > 0 {
            for name in entry.delivery.sums { try tally(name, 1) }
        }
        let position = [job.enrollment.position, entry.position].compactMap { $0 }.max()
        if let standing, standing.endedAt == nil {
            let following = catalog.following(
                standing.enrollment,
                behind: position,
                over: standing.over.union([job.step]),
                personZone: job.person.zone
            )
            return try schedule(job, following, behind: position, partsSent: 0, isNext: true)
        }
        // Stopped while the message was on its way: that was the last one.
        try remove(job, behind: position)
        return nil
    }

    /// With its job an enrollment loses where it stands, unless that is written to its own row.
    private func remove(_ job: Job, behind position: Span?) throws {
        try db.run("DELETE FROM job WHERE enrollment = ?", [job.enrollment.id])
        try db.run("UPDATE enrollment SET position = ? WHERE id = ?", [position, job.enrollment.id])
    }

    /// The steps that an enrollment's ledger holds, under the names that they had.
    func over(_ enrollment: EnrollmentID) throws -> Set<String> {
        Set(try db.all("SELECT step FROM delivery WHERE enrollment = ?", [enrollment]) { row in row["step"] })
    }

    /// What follows behind `position`.
    private func following(_ job: Job, behind position: Span?, over: Set<String>) -> Following {
        catalog.following(job.enrollment, behind: position, over: over, personZone: job.person.zone)
    }

    /// Looks again at what comes next for a job that is not on its way, since the files have changed.
    /// - Parameter over: what its ledger holds.
    /// - Returns: whether anything is another now, and what follows.
    @discardableResult
    func follow(_ job: Job, over: Set<String>) throws -> (isChanged: Bool, following: Following) {
        if job.part > 0, let sequence = catalog.sequence(of: job.enrollment) {
            return (true, try followBegun(job, sequence))
        }
        let following = following(job, behind: job.enrollment.position, over: over)
        guard case .step(let next) = following, isSame(next.step.id, job), next.due == job.scheduled,
            job.waitingFor != .sequence
        else {
            try schedule(job, following, behind: job.enrollment.position, partsSent: job.part)
            return (true, following)
        }
        // When to look at it first may be another time now.
        try db.run(
            """
            UPDATE job SET due = ? WHERE enrollment = ? AND attempt = 0 AND echo IS NULL
                AND (waiting_for IS NULL OR waiting_for IN ('time', 'gap'))
            """,
            [next.lookAt, job.enrollment.id]
        )
        return (false, following)
    }

    /// The same for a message that came back unsent: who it is for, and by which version, is read again.
    func followAgain(_ enrollment: EnrollmentID) throws {
        let row = try db.row(
            """
            SELECT \(Job.columns) FROM \(Job.joined)
            WHERE job.enrollment = ?
            """,
            [enrollment]
        )
        if let row { try follow(try Job(row: row), over: try over(enrollment)) }
    }

    /// Whether the job's step goes by this name now.
    private func isSame(_ step: String, _ job: Job) -> Bool {
        step == job.step || catalog.sequence(of: job.enrollment)?.currentName(of: job.step) == step
    }

    /// A step that has begun goes on, wherever its offset is now.
    private func followBegun(_ job: Job, _ sequence: DripSequence) throws -> Following {
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
                behind: job.enrollment.position,
                partsSent: job.part
            )
            return .step(next)
        }
        let reason = "the step left the file after \(job.part) of its parts had been sent"
        try end(job, Entry(delivery: Delivery(state: .failed, reason: reason, errorClass: "edit")))
        return following(job, behind: job.enrollment.position, over: try over(job.enrollment.id))
    }

    /// Makes the next part of a step due, this one having been sent.
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

    /// Records a message that the platform has shown to have arrived, though no answer said so.
    /// - Parameter endReason: why the enrollment is over; nil: it is not.
    func shown(_ job: Job, messageID: String, _ claimed: ClaimedMessage, endReason: String?) throws {
        if !claimed.isLast, endReason == nil { return try partSent(job, messageID: messageID) }
        var entry = claimed.entry(Delivery(state: .sent, reason: nil))
        entry.messageID = messageID
        if !claimed.isLast { entry.cutOff(because: endReason, messageID: messageID) }
        try end(job, entry)
    }

    /// Sets an enrollment's job to what follows; ends the enrollment where nothing does, and holds it where its sequence
    /// is in no file: the file may come back.
    /// - Parameter isNext: the job's step is over, and this one comes after it.
    /// - Returns: when the job is to be looked at; nil where nothing is known to follow.
    @discardableResult
    private func schedule(
        _ job: Job,
        _ following: Following,
        behind position: Span?,
        partsSent: Int,
        isNext: Bool = false
    ) throws -> Instant? {
        switch following {
        case .step(let next):
            try setJob(
                job,
                step: next.step.id,
                due: next.lookAt,
                scheduled: next.due,
                nil,
                behind: position,
                partsSent: partsSent,
                // What held the step before has held this one, too.
                keepsHolder: isNext && next.due <= now
            )
            return next.lookAt
        case .held:
            try setJob(
                job,
                step: job.step,
                due: .distantFuture,
                scheduled: job.scheduled,
                .sequence,
                behind: position,
                partsSent: partsSent
            )
            return nil
        case .nothing:
            try remove(job, behind: position)
            try end(job.enrollment.id, reason: "finished")
            return nil
        }
    }

    /// Ends a person's ways: all of them, or the one through a sequence. The step that waits is skipped.
    /// - Returns: the sequences that ended.
    func stop(_ person: PersonID, sequence: String?, _ reason: SkipReason) throws -> [String] {
        let enrollments = try db.rows(
            "SELECT id, sequence FROM enrollment WHERE person = ? AND ended_at IS NULL ORDER BY id",
            [person]
        ).filter { sequence == nil || $0["sequence"] == sequence }
        for enrollment in enrollments {
            try end(enrollment["id"], reason: reason.rawValue)
            // A message that is on its way can't be called back: its outcome is recorded, and nothing follows.
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
                try shown(job, messageID: echo, ClaimedMessage(row: waiting), endReason: reason.rawValue)
            } else {
                try end(job, Entry(delivery: Delivery(state: .skipped, reason: reason.rawValue)))
            }
        }
        return enrollments.map { $0["sequence"] }
    }

    /// Makes an enrollment that had finished go on with what was appended.
    /// - Returns: whether anything follows for it.
    func reopen(_ state: EnrollmentState) throws -> Bool {
        guard catalog.mayReopen(state) else { return false }
        let enrollment = state.enrollment
        let following = catalog.following(
            enrollment,
            behind: enrollment.position,
            over: state.over,
            personZone: state.person.zone
        )
        guard case .step(let next) = following else { return false }
        // What was appended is in the version in force: from there on they go by that one.
        let sequence = catalog[enrollment.sequence]
        try db.run(
            "UPDATE enrollment SET ended_at = NULL, end_reason = NULL, version = ? WHERE id = ?",
            [sequence?.onEdit == .pin ? sequence?.hash : nil, enrollment.id]
        )
        try db.run(
            "INSERT INTO job (enrollment, lane, step, due, scheduled) VALUES (?, ?, ?, ?, ?)",
            [enrollment.id, state.person.lane, next.step.id, next.lookAt, next.due]
        )
        try db.tally("under_way")
        return true
    }

    /// Marks an enrollment as over. A message that is on its way keeps its job until its outcome is recorded.
    func end(_ enrollment: EnrollmentID, reason: String) throws {
        try db.run("UPDATE enrollment SET ended_at = ?, end_reason = ? WHERE id = ?", [now, reason, enrollment])
        try tally("under_way", -1)
    }

    private func tally(_ name: String, _ change: Int) throws {
        if let sums { sums.add(name, change) } else { try db.tally(name, change) }
    }

    /// The parts that were sent stay sent as long as the step is the same one.
    private func setJob(
        _ job: Job,
        step: String,
        due: Instant,
        scheduled: Instant,
        _ waitingFor: WaitReason?,
        behind position: Span?,
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
