package import DripCore
import GRDB

/// What looking at a lane's due jobs did.
package struct ClaimReport: Sendable {
    package var claims: [Claim] = []
    /// What jobs wait for that would have been taken.
    package var uploads: Set<Upload> = []
    /// To whom it is to be shown that the page writes; their messages are taken a little later.
    package var typing: [Typing] = []
    /// Jobs that were looked at.
    package var examined = 0
    /// Nothing else is due now.
    package var isDrained = false
    package var skipped: [SkipReason: Int] = [:]
    package var failed = 0
    /// Why the claims must not leave: they are on the disk, and what a copy of the state is recognised by is not.
    package var mustNotLeave: StoreError?

    /// What is to leave now.
    package var requests: Int { claims.count + typing.count }
}

extension Store {
    /// Looks at due jobs of a lane, decides over each, and takes those that are to be sent. The claims are on the disk when
    /// this returns. Takes nothing while the state is on hold.
    /// - Parameters:
    ///   - limit: takes so many at most.
    ///   - examining: looks at so many at most; nil: at as many as it may take.
    ///   - turns: what is not in them goes when it is due.
    package func claim(
        lane: LaneID,
        limit: Int,
        examining: Int? = nil,
        turns: SendTurns? = nil,
        now: Instant
    ) async throws -> ClaimReport {
        var report = ClaimReport()
        report.isDrained = true
        guard hold == nil else { return report }
        try fence.catchUp()
        report = try await write { [self] db in
            var turns = turns
            let catalog = catalog
            var report = ClaimReport()
            let ledger = Ledger(db: db, catalog: catalog, now: now)
            let most = examining ?? limit
            let rows = try db.rows(Self.dueJobs, [lane, now, most])
            for row in rows {
                if report.requests == limit { break }
                let job = try Job(row: row)
                report.examined += 1
                if let echo: String = row["echo"] {
                    try ledger.shown(job, messageID: echo, ClaimedMessage(row: row), isStopped: false)
                    continue
                }
                switch catalog.admit(job, now: now) {
                case .send(let dispatch):
                    if let limit = catalog.dailyLimit, job.part == 0 {
                        let earliest = try Self.earliest(job, limit, db, now: now)
                        guard earliest <= now else {
                            try Self.wait(job, until: earliest, .day, db)
                            continue
                        }
                    }
                    let (attached, missing) = try db.attach(dispatch, to: job.person, now: now)
                    guard missing.isEmpty else {
                        report.uploads.formUnion(missing)
                        try db.wait(job, for: missing, now: now)
                        continue
                    }
                    // Later, and out of the way of what may go now.
                    if let turn = turns?.take(dispatch.kind), turn > now {
                        // Who has seen that the page writes need not see it again.
                        try Self.wait(job, until: turn, job.waitingFor == .typing ? .typing : .rate, db)
                        continue
                    }
                    if let typing = dispatch.typing {
                        report.typing.append(Typing(address: job.person.address, persona: dispatch.message.persona))
                        try Self.wait(job, until: now + typing, .typing, db)
                        continue
                    }
                    // Another message of this very transaction may have used it up: then it is looked at anew, by the next one.
                    if let subscription = dispatch.subscription {
                        let campaign = catalog.lanes[job.person.page]?.campaign
                        guard try db.use(subscription, of: job.person.id, campaign: campaign, now: now) else {
                            continue
                        }
                    }
                    report.claims.append(try Self.claim(job, attached, db, now: now))
                case .wait(_, .sequence):
                    // The files changed while it was on its way.
                    try ledger.follow(job, over: ledger.over(job.enrollment.id))
                case .wait(let until, let reason):
                    try Self.wait(job, until: until, reason, db)
                case .skip(let reason):
                    report.skipped[reason, default: 0] += 1
                    try ledger.end(job, .init(Delivery(state: .skipped, reason: reason.rawValue), job, catalog))
                case .fail(let reason):
                    report.failed += 1
                    let failed = Delivery(state: .failed, reason: reason, errorClass: "form")
                    try ledger.end(job, .init(failed, job, catalog))
                }
            }
            report.isDrained = report.examined == rows.count && rows.count < most
            if !report.claims.isEmpty { try fence.advance(db, now: now) }
            return report
        }
        report.mustNotLeave = fence.trouble
        return report
    }

    private static func wait(_ job: Job, until: Instant, _ reason: WaitReason, _ db: Database) throws {
        try db.run(
            "UPDATE job SET due = ?, waiting_for = ? WHERE enrollment = ?",
            [until, reason.rawValue, job.enrollment.id]
        )
    }

    /// What is on its way counts as sent, and so does what is in doubt.
    private static func earliest(_ job: Job, _ limit: DailyLimit, _ db: Database, now: Instant) throws -> Instant {
        let cause = try db.row("SELECT cause FROM enrollment WHERE id = ?", [job.enrollment.id])
        let others = try db.rows(messagesOfDay, [job.person.id, now - .days(1), job.person.id, job.enrollment.id])
        return limit.earliest(
            DailyLimit.Message(
                at: now,
                cause: cause?["cause"] ?? "",
                anchor: job.enrollment.anchor,
                scheduled: job.scheduled
            ),
            after: others.map { row in
                DailyLimit.Message(
                    at: row["at"],
                    cause: row["cause"],
                    anchor: row["anchor"],
                    scheduled: row["scheduled"]
                )
            }
        )
    }

    static let messagesOfDay = """
        SELECT coalesce(left_at, at) AS at, cause, anchor, scheduled
        FROM enrollment JOIN delivery ON delivery.enrollment = enrollment.id
        WHERE person = ? AND at > ? AND state IN ('sent', 'in_doubt')
        UNION ALL
        SELECT coalesce(claimed_at, due), cause, anchor, scheduled FROM enrollment JOIN job ON job.enrollment = enrollment.id
        WHERE person = ? AND enrollment.id <> ? AND (claimed_at IS NOT NULL OR part > 0)
        """

    static let dueJobs = """
        SELECT \(Job.columns), \(Enrollment.columns), \(Person.columns), \(ClaimedMessage.columns), job.echo
        FROM \(Job.joined)
        WHERE job.lane = ? AND job.claimed_at IS NULL AND job.due <= ? ORDER BY job.due LIMIT ?
        """

    private static func claim(_ job: Job, _ dispatch: Dispatch, _ db: Database, now: Instant) throws -> Claim {
        let row = try db.row(
            """
            UPDATE job SET claim = claim + 1, claimed_at = ?, claimed_hash = ?, claimed_offset = ?,
                claimed_permission = ?, claimed_variant = ?, claimed_body = ?, claimed_last = ?, waiting_for = NULL,
                echo = NULL
            WHERE enrollment = ? RETURNING claim
            """,
            [
                now, dispatch.sequenceHash, dispatch.position, dispatch.permission.rawValue, dispatch.variant,
                dispatch.bodyHash, dispatch.isLast, job.enrollment.id,
            ]
        )
        return Claim(job: job, number: row?["claim"] ?? 0, dispatch: dispatch)
    }

    /// Records outcomes, each only if its claim is still the job's latest.
    /// - Returns: how many no longer were.
    package func record(_ settlements: [Settlement], now: Instant) async throws -> Int {
        try await write { [self] db in
            let ledger = Ledger(db: db, catalog: catalog, now: now)
            var stale = 0
            for settlement in settlements {
                let job = settlement.claim.job
                let owned = try db.row(
                    """
                    SELECT echo, ended_at FROM job JOIN enrollment ON enrollment.id = job.enrollment
                    WHERE job.enrollment = ? AND claim = ? AND claimed_at IS NOT NULL
                    """,
                    [job.enrollment.id, settlement.claim.number]
                )
                guard let owned else {
                    stale += 1
                    continue
                }
                let endedAt: Instant? = owned["ended_at"]
                // The platform has shown the message: that outweighs any answer, and the lack of one.
                // It has told the person's address, too.
                let shown = (owned["echo"] as String?).map { Outcome.accepted(messageID: $0) }
                try perform(
                    shown.map { settlement.claim.settle($0, now: now, jitter: 0) } ?? settlement,
                    isStopped: endedAt != nil,
                    ledger
                )
            }
            return stale
        }
    }

    private func perform(_ settlement: Settlement, isStopped: Bool, _ ledger: Ledger) throws {
        let job = settlement.claim.job
        let db = ledger.db
        // Not if the person wrote in the meantime: what the platform said was true before that.
        switch settlement.person {
        case .unreachable(let why)?:
            try db.run(
                "UPDATE person SET unreachable = ? WHERE id = ? AND window_ends = ?",
                [why, job.person.id, job.person.windowEnds]
            )
        case .windowClosed?:
            try db.run(
                "UPDATE person SET window_ends = ? WHERE id = ? AND window_ends = ? AND window_ends > ?",
                [ledger.now, job.person.id, job.person.windowEnds, ledger.now]
            )
        case .known?, nil: break
        }
        let dispatch = settlement.claim.dispatch
        var entry = Ledger.Entry(
            delivery: Delivery(state: .skipped, reason: SkipReason.stopped.rawValue),
            position: dispatch.position,
            sequenceHash: dispatch.sequenceHash,
            permission: dispatch.permission,
            variant: dispatch.variant,
            bodyHash: dispatch.bodyHash,
            hasMore: !dispatch.isLast
        )
        switch settlement.result {
        case .partSent(let messageID) where isStopped:
            entry.messageID = messageID
            try ledger.end(job, entry)
        case .again where isStopped:
            try ledger.end(job, entry)
        case .partSent(let messageID):
            try ledger.partSent(job, messageID: messageID)
        case .again(let due, let attempt, let waitingFor, let error):
            if let subscription = dispatch.subscription { try db.giveBack(subscription, to: job.person.id) }
            try db.forgetAttachments(settlement.forgotten, lane: job.person.lane)
            try db.run(
                "UPDATE job SET claimed_at = NULL, due = ?, attempt = ?, waiting_for = ?, error = ? WHERE enrollment = ?",
                [due, attempt, waitingFor.rawValue, error, job.enrollment.id]
            )
            // The files may have changed while it was on its way. What has begun goes on.
            if job.part == 0 { try ledger.followAgain(job.enrollment.id) }
        case .over(let delivery, let messageID):
            entry.delivery = delivery
            entry.messageID = messageID
            try ledger.end(job, entry)
        }
        // Last: whoever it turns out to be may have this sequence already, and then what comes next ends here.
        if case .known(let address)? = settlement.person {
            try Identification(ledger: ledger, instance: instance).identify(authorOf: job.enrollment.id, as: address)
        }
    }

    /// What was on its way when the process died is in doubt. To be called once, before the first claim.
    /// - Returns: how many there were.
    package func recover(now: Instant) async throws -> Int {
        try await write { [self] db in
            try fence.noteStart(db, now: now)
            let ledger = Ledger(db: db, catalog: catalog, now: now)
            let rows = try db.rows(
                """
                SELECT \(Job.columns), \(Enrollment.columns), \(Person.columns), \(ClaimedMessage.columns), job.echo,
                    enrollment.ended_at
                FROM \(Job.joined) WHERE job.claimed_at IS NOT NULL
                """,
                []
            )
            var inDoubt = 0
            for row in rows {
                let job = try Job(row: row)
                let echo: String? = row["echo"]
                let endedAt: Instant? = row["ended_at"]
                let claimed = ClaimedMessage(row: row)
                if let echo {
                    try ledger.shown(job, messageID: echo, claimed, isStopped: endedAt != nil)
                    continue
                }
                inDoubt += 1
                let delivery = Delivery(state: .inDoubt, reason: "dripd ended before the answer came")
                try ledger.end(job, claimed.entry(delivery))
            }
            return inDoubt
        }
    }

    /// When the lane's next job is due; nil when it has none, and on hold.
    package func nextDue(lane: LaneID) async throws -> Instant? {
        guard hold == nil else { return nil }
        return try await read { db in
            try db.row(Self.earliestDue, [lane])?["due"]
        }
    }

    static let earliestDue = "SELECT min(due) AS due FROM job WHERE lane = ? AND claimed_at IS NULL"
}

extension Ledger.Entry {
    /// A step that ended without a request.
    fileprivate init(_ delivery: Delivery, _ job: Job, _ catalog: Catalog) {
        let sequence = catalog.sequence(of: job.enrollment)
        self.init(
            delivery: delivery,
            position: sequence?.step(job.step)?.position,
            sequenceHash: sequence?.hash
        )
    }
}
