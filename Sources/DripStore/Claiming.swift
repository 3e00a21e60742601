import DripCore
import GRDB

/// Decides over due jobs and takes those that are to be sent, in the caller's transaction.
struct Claiming {
    let db: Database
    let ledger: Ledger

    private var catalog: Catalog { ledger.catalog }
    private var now: Instant { ledger.now }

    /// A lane, and its next jobs before any was looked at.
    private struct Look {
        let opening: LaneOpening
        var jobs: [JobOrder] = []
        var turns: SendTurns?
        var report = ClaimReport()

        /// The first that was not looked at.
        var following: JobOrder { report.examined < jobs.count ? jobs[report.examined] : .never }
        var mayTake: Bool { report.requests < opening.allowance }
    }

    /// One of `nextJobs`.
    private struct Next {
        /// Of its lane among those that were asked about.
        let place: Int
        let order: JobOrder
    }

    /// Looks at what comes first (`JobOrder`) of what each lane may offer.
    /// - Parameters:
    ///   - limit: takes so many at most.
    ///   - examining: looks at so many at most.
    func claim(_ openings: [LaneOpening], limit: Int, examining: Int) throws -> ClaimRound {
        guard !openings.isEmpty else { return ClaimRound() }
        var looks = openings.map { Look(opening: $0, turns: $0.turns) }
        let depth = Self.depth(openings, examining)
        var due: ArraySlice<Next> = []
        // One more of each than is looked at: when that is due is asked by the next turn.
        for next in try next(depth + 1, of: openings.map(\.lane)) {
            let isOffered = looks[next.place].jobs.count < min(depth, looks[next.place].opening.examining)
            if next.order.due <= now, isOffered, looks[next.place].mayTake { due.append(next) }
            looks[next.place].jobs.append(next.order)
        }
        due = due.prefix(examining)
        var taken = 0
        var people: Set<PersonID> = []
        // As many as may be taken, and then more at once: many steps may be too late.
        var count = limit
        while taken < limit, !due.isEmpty {
            let part = due.prefix(count).filter { looks[$0.place].mayTake }
            due = due.dropFirst(count)
            count *= 2
            for var job in try read(part) where taken < limit && looks[job.place].mayTake {
                taken -= looks[job.place].report.requests
                // What was read does not know of what this transaction has decided since.
                if !people.insert(job.job.person.id).inserted { job.mayReachLimit = true }
                try decide(over: job, &looks[job.place])
                taken += looks[job.place].report.requests
            }
        }
        return try round(looks)
    }

    /// At so many jobs of a lane it looks at most: with many lanes each has few.
    private static func depth(_ openings: [LaneOpening], _ examining: Int) -> Int {
        let most = openings.lazy.filter { $0.allowance > 0 }.map(\.examining).max() ?? 0
        return min(most, max(1, 2 * examining / max(1, openings.count)))
    }

    private func round(_ looks: [Look]) throws -> ClaimRound {
        var round = ClaimRound()
        for var look in looks {
            round.following[look.opening.lane] = look.following
            guard look.report.examined > 0 else { continue }
            look.report.isDrained = look.following.due > now
            round.reports.append((look.opening.lane, look.report))
        }
        // What was looked at and not taken is due at another time now.
        let changed = looks.filter { $0.report.examined > $0.report.claims.count }.map(\.opening.lane)
        if !changed.isEmpty {
            for lane in changed { round.following[lane] = .never }
            for next in try next(1, of: changed) { round.following[changed[next.place]] = next.order }
        }
        return round
    }

    private func next(_ count: Int, of lanes: [LaneID]) throws -> [Next] {
        let lanes = try JSONColumn.text(lanes.map(\.rawValue))
        return try db.all(Self.nextJobs, [lanes, count]) { row in
            Next(place: row[0], order: JobOrder(due: row[1], enrollment: row[2]))
        }
    }

    static let nextJobs = """
        SELECT lane.key, job.due, job.enrollment FROM json_each(?) AS lane CROSS JOIN job ON job.enrollment IN (
            SELECT next.enrollment FROM job AS next WHERE next.lane = lane.value AND next.claimed_at IS NULL
            ORDER BY next.due, next.enrollment LIMIT ?)
        ORDER BY job.due, job.enrollment
        """

    private func read(_ jobs: [Next]) throws -> [DueJob] {
        let enrollments = try JSONColumn.text(jobs.map(\.order.enrollment))
        return try db.all(Self.dueJobs, [now - .days(1), enrollments]) { row in
            try DueJob(place: jobs[row[Job.columnCount]].place, row: row)
        }
    }

    private func decide(over due: DueJob, _ look: inout Look) throws {
        let job = due.job
        look.report.examined += 1
        if let (echo, claimed) = due.shown {
            return try ledger.shown(job, messageID: echo, claimed, endReason: nil)
        }
        // It is decided over as the files in force have it.
        if catalog.isBehindEdit(job.enrollment), try ledger.applyEdit(toDue: job) { return }
        switch catalog.admit(job, now: now) {
        case .send(let dispatch):
            try take(due, dispatch, &look.turns, &look.report)
        case .wait(_, .sequence):
            // The files changed while it was on its way.
            try ledger.follow(job, over: ledger.over(job.enrollment.id))
        case .wait(let until, let reason):
            try wait(job, until: until, reason)
        case .skip(let reason):
            look.report.skipped[reason, default: 0] += 1
            try ledger.end(job, entry(Delivery(state: .skipped, reason: reason.rawValue), job))
        case .fail(let reason):
            look.report.failed += 1
            try ledger.end(job, entry(Delivery(state: .failed, reason: reason, errorClass: "form"), job))
        }
    }

    /// A row of `dueJobs`.
    private struct DueJob {
        /// Of its lane, as in `Next`.
        let place: Int
        let job: Job
        let claim: Int64
        /// Of the enrollment.
        let cause: String
        /// By which the platform has shown its last message that went out, and what that was made from.
        let shown: (echo: String, ClaimedMessage)?
        /// The person got something within a day, or is getting it, or another step of theirs waits for the day.
        var mayReachLimit: Bool

        init(place: Int, row: Row) throws {
            self.place = place
            job = try Job(row: row)
            claim = row[Job.columnCount + 1]
            cause = row[Job.columnCount + 2]
            shown = (row[Job.columnCount + 3] as String?).map { ($0, ClaimedMessage(row: row)) }
            mayReachLimit = row[Job.columnCount + 4]
        }
    }

    static let dueJobs = """
        SELECT \(Job.columns), chosen.key, job.claim, enrollment.cause, job.echo, EXISTS (
                SELECT 1 FROM enrollment AS other JOIN delivery ON delivery.enrollment = other.id
                WHERE other.person = person.id AND delivery.at > ?)
            OR EXISTS (
                SELECT 1 FROM enrollment AS other JOIN job AS others ON others.enrollment = other.id
                WHERE other.person = person.id AND other.id <> enrollment.id
                    AND (others.claimed_at IS NOT NULL OR others.part > 0 OR others.waiting_for = 'day')), \(ClaimedMessage.columns)
        FROM json_each(?) AS chosen CROSS JOIN \(Job.joined) WHERE job.enrollment = chosen.value
        ORDER BY chosen.key
        """

    /// Claims what may be sent, unless it has to wait for something after all.
    private func take(
        _ due: DueJob,
        _ dispatch: Dispatch,
        _ turns: inout SendTurns?,
        _ report: inout ClaimReport
    ) throws {
        let job = due.job
        if job.part == 0, due.mayReachLimit {
            let messages = try db.messagesOfDay(of: job.person.id, but: job.enrollment.id, now: now)
            if let held = catalog.restraint(on: job, cause: due.cause, after: messages, now: now) {
                return try wait(job, until: held.until, held.reason)
            }
            // The day's next message is that of the step which has waited longest: that one is looked at first.
            if catalog.dailyLimit != nil, try hasOlder(job) {
                return try wait(job, until: now + Span(milliseconds: 1), .day)
            }
        }
        let isUnnamed = dispatch.permission == .privateReply && job.person.isUnnamed
        if isUnnamed, let until = try unnamed.earliest(lane: job.person.lane) {
            // Each a little later than the one before, so that they do not all come back at once.
            defer { report.unnamedHeld += 1 }
            return try wait(job, until: until + .seconds(Int64(report.unnamedHeld)), .unnamed)
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
        if isUnnamed { try unnamed.note(job) }
        report.claims.append(Claim(job: job, number: number, dispatch: attached))
    }

    private var unnamed: UnnamedReplies { UnnamedReplies(db: db, catalog: catalog, now: now) }

    private func wait(_ job: Job, until: Instant, _ reason: WaitReason) throws {
        try db.run(
            "UPDATE job SET due = ?, waiting_for = ?, held_by = ? WHERE enrollment = ?",
            [until, reason.rawValue, job.heldBy(waitingFor: reason)?.rawValue, job.enrollment.id]
        )
    }

    /// Whether a step of the person that was wanted before this one waits for the day, and no longer has to.
    private func hasOlder(_ job: Job) throws -> Bool {
        try db.first(
            Self.olderOfDay,
            [job.person.id, now, job.scheduled, job.scheduled, job.enrollment.id]
        ) { _ in true } ?? false
    }

    static let olderOfDay = """
        SELECT 1 FROM enrollment JOIN job ON job.enrollment = enrollment.id
        WHERE person = ? AND claimed_at IS NULL AND waiting_for = 'day' AND job.due <= ?
            AND (scheduled < ? OR scheduled = ? AND enrollment.id < ?)
        LIMIT 1
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
