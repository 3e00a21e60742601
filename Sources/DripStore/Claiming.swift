import DripCore
import GRDB

/// Decides over a lane's due jobs and takes those that are to be sent, in the caller's transaction.
struct Claiming {
    let db: Database
    let ledger: Ledger

    private var catalog: Catalog { ledger.catalog }
    private var now: Instant { ledger.now }

    func claim(_ opening: LaneOpening, limit: Int, examining: Int) throws -> ClaimReport {
        var turns = opening.turns
        var report = ClaimReport()
        let due = try db.all(Self.dueJobs, [opening.lane, now, examining], DueJob.init)
        for due in due {
            if report.requests == limit { break }
            let job = due.job
            report.examined += 1
            if let (echo, claimed) = due.shown {
                try ledger.shown(job, messageID: echo, claimed, isStopped: false)
                continue
            }
            switch catalog.admit(job, now: now) {
            case .send(let dispatch):
                try take(due, dispatch, &turns, &report)
            case .wait(_, .sequence):
                // The files changed while it was on its way.
                try ledger.follow(job, over: ledger.over(job.enrollment.id))
            case .wait(let until, let reason):
                try wait(job, until: until, reason)
            case .skip(let reason):
                report.skipped[reason, default: 0] += 1
                try ledger.end(job, entry(Delivery(state: .skipped, reason: reason.rawValue), job))
            case .fail(let reason):
                report.failed += 1
                try ledger.end(job, entry(Delivery(state: .failed, reason: reason, errorClass: "form"), job))
            }
        }
        report.isDrained = report.examined == due.count && due.count < examining
        return report
    }

    /// A row of `dueJobs`.
    private struct DueJob {
        let job: Job
        let claim: Int64
        /// Of the enrollment.
        let cause: String
        /// By which the platform has shown its last message that went out, and what that was made from.
        let shown: (echo: String, ClaimedMessage)?

        init(row: Row) throws {
            job = try Job(row: row)
            claim = row["claim"]
            cause = row["cause"]
            shown = (row["echo"] as String?).map { ($0, ClaimedMessage(row: row)) }
        }
    }

    static let dueJobs = """
        SELECT \(Job.columns), \(Enrollment.columnsWithJob), \(Person.columns), \(ClaimedMessage.columns), job.echo, job.claim,
            enrollment.cause
        FROM \(Job.joined)
        WHERE job.lane = ? AND job.claimed_at IS NULL AND job.due <= ? ORDER BY job.due LIMIT ?
        """

    /// Claims what may be sent, unless it has to wait for something after all.
    private func take(
        _ due: DueJob,
        _ dispatch: Dispatch,
        _ turns: inout SendTurns?,
        _ report: inout ClaimReport
    ) throws {
        let job = due.job
        if let limit = catalog.dailyLimit, job.part == 0 {
            let earliest = try earliest(job, due.cause, limit)
            guard earliest <= now else { return try wait(job, until: earliest, .day) }
        }
        let (attached, missing) = try db.attach(dispatch, to: job.person, now: now)
        guard missing.isEmpty else {
            report.uploads.formUnion(missing)
            return try db.wait(job, for: missing, now: now)
        }
        // Later, and out of the way of what may go now.
        if let turn = turns?.take(dispatch.kind), turn > now {
            // Who has seen that the page writes need not see it again.
            return try wait(job, until: turn, job.waitingFor == .typing ? .typing : .rate)
        }
        if let typing = dispatch.typing {
            report.typing.append(Typing(address: job.person.address, persona: dispatch.message.persona))
            return try wait(job, until: now + typing, .typing)
        }
        // Another message of this very transaction may have used it up: then it is looked at anew, by the next one.
        if let subscription = dispatch.subscription {
            let campaign = catalog.lanes[job.person.page]?.campaign
            guard try db.use(subscription, of: job.person.id, campaign: campaign, now: now) else { return }
        }
        let number = due.claim + 1
        try db.run(
            """
            UPDATE job SET claim = ?, claimed_at = ?, claimed_hash = ?, claimed_offset = ?, claimed_permission = ?,
                claimed_variant = ?, claimed_body = ?, claimed_last = ?, waiting_for = NULL, echo = NULL
            WHERE enrollment = ?
            """,
            [
                number, now, attached.sequenceHash, attached.position, attached.permission.rawValue, attached.variant,
                attached.bodyHash, attached.isLast, job.enrollment.id,
            ]
        )
        report.claims.append(Claim(job: job, number: number, dispatch: attached))
    }

    private func wait(_ job: Job, until: Instant, _ reason: WaitReason) throws {
        try db.run(
            "UPDATE job SET due = ?, waiting_for = ? WHERE enrollment = ?",
            [until, reason.rawValue, job.enrollment.id]
        )
    }

    /// What is on its way counts as sent, and so does what is in doubt.
    private func earliest(_ job: Job, _ cause: String, _ limit: DailyLimit) throws -> Instant {
        let message = DailyLimit.Message(
            at: now,
            cause: cause,
            anchor: job.enrollment.anchor,
            scheduled: job.scheduled
        )
        guard !message.isAnswer else { return now }
        let others = try db.all(
            Self.messagesOfDay,
            [job.person.id, now - .days(1), job.person.id, job.enrollment.id]
        ) { row in
            DailyLimit.Message(
                at: row["at"],
                cause: row["cause"],
                anchor: row["anchor"],
                scheduled: row["scheduled"]
            )
        }
        return limit.earliest(message, after: others)
    }

    static let messagesOfDay = """
        SELECT coalesce(left_at, at) AS at, cause, anchor, scheduled
        FROM enrollment JOIN delivery ON delivery.enrollment = enrollment.id
        WHERE person = ? AND at > ? AND state IN ('sent', 'in_doubt')
        UNION ALL
        SELECT coalesce(claimed_at, due), cause, anchor, scheduled FROM enrollment JOIN job ON job.enrollment = enrollment.id
        WHERE person = ? AND enrollment.id <> ? AND (claimed_at IS NOT NULL OR part > 0)
        """

    /// A step that ended without a request.
    private func entry(_ delivery: Delivery, _ job: Job) -> Ledger.Entry {
        let sequence = catalog.sequence(of: job.enrollment)
        return Ledger.Entry(
            delivery: delivery,
            position: sequence?.step(job.step)?.position,
            sequenceHash: sequence?.hash
        )
    }
}
