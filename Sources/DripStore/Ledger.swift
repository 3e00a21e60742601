import DripCore
import GRDB

/// The one place where a step ends: its row in the ledger and the job of the next step, in the caller's transaction.
struct Ledger {
    let db: Database
    let catalog: Catalog
    let now: Instant

    /// How a step ended, with what the row keeps of it.
    struct Entry {
        var delivery: Delivery
        /// The step's nominal offset; nil when no file has the step any more.
        var offset: Span?
        var permission: Permission?
        var messageID: String?
        var sequenceHash: String?
    }

    /// Writes the ledger's row and replaces the job by the next step's, or ends the enrollment after the last.
    func end(_ job: Job, _ entry: Entry) throws {
        let old = try db.row("SELECT message_ids FROM job WHERE enrollment = ?", [job.enrollment.id])
        let earlier: String? = old?["message_ids"]
        let messageIDs = [earlier, entry.messageID].compactMap(\.self).joined(separator: " ")
        // A held job may name a step that is over: then there is only the job to end.
        try db.run(
            """
            INSERT INTO delivery (
                enrollment, step, state, reason, scheduled, at, attempts, part, permission, message_ids, sequence_hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (enrollment, step) DO NOTHING
            """,
            [
                job.enrollment.id, job.step, entry.delivery.state.rawValue, entry.delivery.reason, job.scheduled, now,
                job.attempt + (entry.permission == nil ? 0 : 1), job.part, entry.permission?.rawValue,
                messageIDs.isEmpty ? nil : messageIDs, entry.sequenceHash,
            ]
        )
        if db.changesCount > 0 { try db.tally(entry.delivery.state.rawValue) }
        let position = [job.enrollment.position, entry.offset].compactMap(\.self).max()
        try db.run("UPDATE enrollment SET position = ? WHERE id = ?", [position, job.enrollment.id])
        let enrollment = try db.row("SELECT ended_at FROM enrollment WHERE id = ?", [job.enrollment.id])
        let endedAt: Instant? = enrollment?["ended_at"]
        if endedAt == nil {
            try schedule(job, behind: position, partsSent: 0)
        } else {
            // Stopped while the message was on its way: that was the last one.
            try db.run("DELETE FROM job WHERE enrollment = ?", [job.enrollment.id])
        }
    }

    /// What comes next behind `position`; nil where nothing does, or where the sequence is in no file.
    func next(_ job: Job, behind position: Span?) throws -> DueStep? {
        guard let sequence = catalog[job.enrollment.sequence] else { return nil }
        let over = try db.rows("SELECT step FROM delivery WHERE enrollment = ?", [job.enrollment.id])
            .map { row -> String in row["step"] }
        return sequence.next(
            anchor: job.enrollment.anchor,
            position: position,
            over: Set(over),
            zone: catalog.zone(for: job.person.zone, in: sequence)
        )
    }

    /// Looks again at what comes next for a job that is not on its way, since the files have changed.
    func follow(_ job: Job) throws {
        guard job.part > 0, let sequence = catalog[job.enrollment.sequence] else {
            return try schedule(job, behind: job.enrollment.position, partsSent: job.part)
        }
        // A step that has begun goes on, wherever its offset is now.
        if let step = sequence.step(job.step) {
            let zone = catalog.zone(for: job.person.zone, in: sequence)
            let due = sequence.due(step, anchor: job.enrollment.anchor, zone: zone)
            try setJob(job, step: step.id, due: due, nil, partsSent: job.part)
        } else {
            let reason = "the step left the file after \(job.part) of its parts had been sent"
            try end(job, Entry(delivery: Delivery(state: .failed, reason: reason)))
        }
    }

    /// Makes the next part of a step due, this one having been sent.
    func partSent(_ job: Job, messageID: String) throws {
        try db.run(
            """
            UPDATE job SET part = part + 1, attempt = 0, claimed_at = NULL, error = NULL, echo = NULL, due = ?,
                message_ids = CASE WHEN message_ids IS NULL THEN ? ELSE message_ids || ' ' || ? END
            WHERE enrollment = ?
            """,
            [now, messageID, messageID, job.enrollment.id]
        )
    }

    /// Records a message that the platform has shown to have arrived, though no answer said so.
    func shown(_ job: Job, messageID: String, offset: Span?, sequenceHash: String?, isStopped: Bool) throws {
        let parts = catalog[job.enrollment.sequence]?.step(job.step)?.parts(seed: 0, value: { _ in nil }).count ?? 0
        if job.part + 1 < parts, !isStopped { return try partSent(job, messageID: messageID) }
        try end(
            job,
            Entry(
                delivery: Delivery(state: .sent, reason: nil),
                offset: offset,
                permission: .standardWindow,
                messageID: messageID,
                sequenceHash: sequenceHash
            )
        )
    }

    /// Sets an enrollment's job to the next step behind `position`; ends the enrollment where nothing follows, and holds
    /// it where its sequence is in no file: the file may come back.
    private func schedule(_ job: Job, behind position: Span?, partsSent: Int) throws {
        if let next = try next(job, behind: position) {
            try setJob(job, step: next.step.id, due: next.due, nil, partsSent: partsSent)
        } else if catalog[job.enrollment.sequence] == nil {
            try setJob(job, step: job.step, due: .distantFuture, .sequence, partsSent: partsSent)
        } else {
            try db.run("DELETE FROM job WHERE enrollment = ?", [job.enrollment.id])
            try end(job.enrollment.id, reason: "finished")
        }
    }

    /// Marks an enrollment as over. A message that is on its way keeps its job until its outcome is recorded.
    func end(_ enrollment: EnrollmentID, reason: String) throws {
        try db.run("UPDATE enrollment SET ended_at = ?, end_reason = ? WHERE id = ?", [now, reason, enrollment])
        try db.tally("under_way", -1)
    }

    /// The parts that were sent stay sent as long as the step is the same one.
    private func setJob(
        _ job: Job,
        step: String,
        due: Instant,
        _ waitingFor: WaitReason?,
        partsSent: Int
    ) throws {
        let parts = step == job.step ? partsSent : 0
        try db.run(
            """
            UPDATE job SET step = ?, due = ?, scheduled = ?, attempt = 0, part = ?,
                message_ids = CASE WHEN ? = 0 THEN NULL ELSE message_ids END, waiting_for = ?,
                error = NULL, claimed_at = NULL, claimed_hash = NULL, claimed_offset = NULL,
                echo = CASE WHEN step = ? THEN echo END
            WHERE enrollment = ?
            """,
            [step, due, due, parts, parts, waitingFor?.rawValue, step, job.enrollment.id]
        )
    }
}
