package import DripCore
import GRDB

/// Decides about due jobs and claims those that are to be sent, in the caller's transaction.
struct Claiming {
    let db: Database
    let ledger: Ledger

    private var catalog: Catalog { ledger.catalog }
    private var now: Instant { ledger.now }

    /// An account with its next jobs, and the report of what was done with them.
    private struct AccountPass {
        let allowance: ClaimAllowance
        var jobs: [JobSortKey] = []
        var turns: KindLimiter?
        var report = ClaimReport()

        /// The first job that was not examined.
        var following: JobSortKey { report.examined < jobs.count ? jobs[report.examined] : .never }
        var mayTake: Bool { report.requests < allowance.allowance }
    }

    /// A row of `nextJobs`.
    private struct Next {
        /// The index of its account in the list of accounts.
        let place: Int
        let sortKey: JobSortKey
    }

    /// Examines the accounts' due jobs in the order of `JobSortKey` and claims those that may be sent.
    /// - Parameters:
    ///   - limit: the maximum number of jobs to claim.
    ///   - examining: the maximum number of jobs to examine.
    func claim(_ allowances: [ClaimAllowance], limit: Int, examining: Int) throws -> ClaimRound {
        guard !allowances.isEmpty else { return ClaimRound() }
        var passes = allowances.map { AccountPass(allowance: $0, turns: $0.turns) }
        let depth = Self.depth(allowances, examining)
        var due: ArraySlice<Next> = []
        // Reads one job more per account than it examines: its due time says when the next pass is needed.
        for next in try next(depth + 1, of: allowances.map(\.account)) {
            let isOffered = passes[next.place].jobs.count < min(depth, passes[next.place].allowance.examining)
            if next.sortKey.due <= now, isOffered, passes[next.place].mayTake { due.append(next) }
            passes[next.place].jobs.append(next.sortKey)
        }
        due = due.prefix(examining)
        var taken = 0
        var people: Set<PersonID> = []
        // Starts with as many jobs as may be claimed and doubles the batch: many steps may be too late.
        var count = limit
        while taken < limit, !due.isEmpty {
            let part = due.prefix(count).filter { passes[$0.place].mayTake }
            due = due.dropFirst(count)
            count *= 2
            for var job in try read(part) where taken < limit && passes[job.place].mayTake {
                taken -= passes[job.place].report.requests
                // The rows were read before this transaction decided about the person's other jobs.
                if !people.insert(job.job.person.id).inserted { job.mayReachLimit = true }
                try decide(over: job, &passes[job.place])
                taken += passes[job.place].report.requests
            }
        }
        return try round(passes)
    }

    /// Returns how many jobs of one account to examine at most. With many accounts each has few.
    private static func depth(_ allowances: [ClaimAllowance], _ examining: Int) -> Int {
        let most = allowances.lazy.filter { $0.allowance > 0 }.map(\.examining).max() ?? 0
        return min(most, max(1, 2 * examining / max(1, allowances.count)))
    }

    private func round(_ passes: [AccountPass]) throws -> ClaimRound {
        var round = ClaimRound()
        for var pass in passes {
            round.following[pass.allowance.account] = pass.following
            guard pass.report.examined > 0 else { continue }
            pass.report.isDrained = pass.following.due > now
            round.reports.append((pass.allowance.account, pass.report))
        }
        for pass in passes { round.moved.merge(pass.report.moved) { min($0, $1) } }
        // Jobs that were examined but not claimed have another due time now.
        let changed = passes.filter { pass in
            pass.report.examined > pass.report.claims.count || round.moved[pass.allowance.account] != nil
        }.map(\.allowance.account)
        if !changed.isEmpty {
            for account in changed { round.following[account] = .never }
            for next in try next(1, of: changed) { round.following[changed[next.place]] = next.sortKey }
        }
        return round
    }

    private func next(_ count: Int, of accounts: [AccountID]) throws -> [Next] {
        let accounts = try JSONColumn.text(accounts.map(\.rawValue))
        return try db.all(Self.nextJobs, [accounts, count]) { row in
            Next(place: row[0], sortKey: JobSortKey(due: row[1], enrollment: row[2]))
        }
    }

    static let nextJobs = """
        SELECT account.key, job.due, job.enrollment FROM json_each(?) AS account CROSS JOIN job ON job.enrollment IN (
            SELECT next.enrollment FROM job AS next WHERE next.account = account.value AND next.claimed_at IS NULL
            ORDER BY next.due, next.enrollment LIMIT ?)
        ORDER BY job.due, job.enrollment
        """

    private func read(_ jobs: [Next]) throws -> [DueJob] {
        let enrollments = try JSONColumn.text(jobs.map(\.sortKey.enrollment))
        return try db.all(Self.dueJobs, [now - .days(1), enrollments]) { row in
            try DueJob(place: jobs[row[Job.columnCount]].place, row: row)
        }
    }

    private func decide(over due: DueJob, _ pass: inout AccountPass) throws {
        let job = due.job
        pass.report.examined += 1
        if let (echo, claimed) = due.confirmed {
            return try ledger.confirmDelivered(job, messageID: echo, claimed, endReason: nil)
        }
        // The decision must follow the files in force.
        if catalog.awaitsEdit(job.enrollment), try ledger.applyEdit(toDue: job) { return }
        switch try catalog.admit(job, now: now, ways: { try db.ways(of: job.person.id, for: job) }) {
        case .send(let dispatch):
            try take(due, dispatch, &pass.turns, &pass.report)
        case .wait(_, .sequence):
            // The files changed while its message was being sent.
            try ledger.reschedule(job, over: ledger.over(job.enrollment.id))
        case .wait(let until, let reason):
            try wait(job, until: until, reason)
        case .skip(let reason):
            pass.report.skipped[reason, default: 0] += 1
            try ledger.end(job, entry(Delivery(state: .skipped, reason: reason.rawValue), job))
        case .move(let address):
            try db.run(
                "UPDATE job SET account = ?, address = ?, due = ?, waiting_for = NULL WHERE enrollment = ?",
                [address.account.id, address.id, now, job.enrollment.id]
            )
            let key = JobSortKey(due: now, enrollment: job.enrollment.id)
            pass.report.moved[address.account.id] = min(pass.report.moved[address.account.id] ?? key, key)
        case .refused(let delivery):
            pass.report.failed += 1
            try ledger.end(job, entry(delivery, job))
        case .fail(let reason):
            pass.report.failed += 1
            try ledger.end(job, entry(Delivery(state: .failed, reason: reason, errorClass: "form"), job))
        }
    }

    /// A row of `dueJobs`.
    private struct DueJob {
        /// The index of its account, as in `Next`.
        let place: Int
        let job: Job
        let claim: Int64
        /// The cause of the enrollment.
        let cause: String
        /// The id under which the platform confirmed the last message that was sent, and what that message was made
        /// from.
        let confirmed: (echo: String, ClaimedMessage)?
        /// Whether the daily limit may apply: the person got a message within a day, is getting one, or has another
        /// step that waits for the day.
        var mayReachLimit: Bool

        init(place: Int, row: Row) throws {
            self.place = place
            job = try Job(row: row)
            claim = row[Job.columnCount + 1]
            cause = row[Job.columnCount + 2]
            confirmed = (row[Job.columnCount + 3] as String?).map { ($0, ClaimedMessage(row: row)) }
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

    /// Claims a job that may be sent, unless it still has to wait for something.
    private func take(
        _ due: DueJob,
        _ dispatch: Dispatch,
        _ turns: inout KindLimiter?,
        _ report: inout ClaimReport
    ) throws {
        let job = due.job
        if job.part == 0, due.mayReachLimit {
            let messages = try db.messagesOfDay(of: job.person.id, but: job.enrollment.id, now: now)
            if let held = catalog.restraint(on: job, cause: due.cause, after: messages, now: now) {
                return try wait(job, until: held.until, held.reason)
            }
            // The step that has waited longest gets the day's next message, so it must be examined first.
            if catalog.dailyLimit != nil, try hasEarlierDueStep(job) {
                return try wait(job, until: now + Milliseconds(1), .day)
            }
        }
        let isUnnamed = dispatch.permission == .privateReply && job.person.isUnnamed
        if isUnnamed, let until = try unnamed.earliest(account: job.person.address.account.id) {
            // Spread over seconds, so that they do not all become due at once.
            defer { report.unnamedHeld += 1 }
            return try wait(job, until: until + .seconds(Int64(report.unnamedHeld)), .unnamed)
        }
        let (attached, missing) = try db.attach(dispatch, to: job.person, now: now)
        guard missing.isEmpty else {
            report.uploads.formUnion(missing)
            return try db.wait(job, for: missing, now: now)
        }
        // Delays the job so that it does not block those that may be sent now.
        if let turn = turns?.take(dispatch.kind), turn > now {
            // The typing indicator has been shown already; once is enough.
            return try wait(job, until: turn, job.waitingFor == .typing ? .typing : .rate)
        }
        if let typing = dispatch.typing {
            report.typing.append(Typing(address: job.person.address.externalID, persona: dispatch.message.persona))
            return try wait(job, until: now + typing, .typing)
        }
        // Another message of this transaction may have used the subscription. The next pass examines the job again.
        if let subscription = dispatch.subscription {
            let campaign = catalog.subscriptionPolicies[job.person.address.account.externalID]?.campaign
            guard try db.use(subscription, of: job.person.address.id, campaign: campaign, now: now) else { return }
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

    /// Returns whether an earlier step of the person waits for the day and is due again.
    private func hasEarlierDueStep(_ job: Job) throws -> Bool {
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

    /// Returns the ledger entry of a step that ended without a request.
    private func entry(_ delivery: Delivery, _ job: Job) -> Ledger.Entry {
        let sequence = catalog.sequence(of: job.enrollment)
        return Ledger.Entry(
            delivery: delivery,
            position: sequence?.step(job.step)?.position,
            sequenceHash: sequence?.hash
        )
    }
}

/// The result of examining one account's due jobs.
package struct ClaimReport: Sendable {
    package var claims: [Claim] = []
    /// The files that have to be uploaded before jobs can be claimed.
    package var uploads: Set<Upload> = []
    /// The typing indicators to show; their messages are claimed a little later.
    package var typing: [Typing] = []
    /// The number of jobs that were examined.
    package var examined = 0
    /// Whether no other job of the account is due now.
    package var isDrained = false
    package var skipped: [SkipReason: Int] = [:]
    package var failed = 0
    /// The first of the jobs that now belong to another account.
    package var moved: [AccountID: JobSortKey] = [:]
    /// The number of replies to comments without an author that wait for their account's turn.
    var unnamedHeld = 0

    package init() {}

    /// The number of requests to send now.
    package var requests: Int { claims.count + typing.count }
}

/// The result of one pass of the dispatcher: the recorded outcomes and the claims of several accounts.
package struct ClaimRound: Sendable {
    /// The reports of the accounts that had due jobs and were reached.
    package internal(set) var reports: [(account: AccountID, report: ClaimReport)] = []
    /// The next job of each account in the request. Empty while the state is on hold.
    package internal(set) var following: [AccountID: JobSortKey] = [:]
    /// The first of the jobs that each account got from another one.
    package internal(set) var moved: [AccountID: JobSortKey] = [:]
    /// Why the claimed messages must not be sent: the claims are on the disk, but the fence file does not count them
    /// yet.
    package internal(set) var fenceError: StoreError?
    /// Why nothing was claimed. The outcomes are recorded nevertheless.
    package internal(set) var failure: (any Error)?
    /// The result of recording the outcomes.
    package internal(set) var recorded = RecordReport()
}

/// How much may be claimed of an account now.
package struct ClaimAllowance: Sendable {
    package let account: AccountID
    /// The maximum number of jobs to claim; 0 to ask only when the next job is due.
    package let allowance: Int
    /// The maximum number of jobs to examine.
    package let examining: Int
    /// Limits per kind of message. A kind without a limit is sent when it is due.
    package let turns: KindLimiter?

    package init(account: AccountID, allowance: Int, examining: Int, turns: KindLimiter? = nil) {
        self.account = account
        self.allowance = allowance
        self.examining = examining
        self.turns = turns
    }
}

/// The order in which jobs are claimed: by due time over all accounts, then by enrollment. Enrollments that are
/// neighbours share pages of the tables, so a transaction writes fewer of them.
package struct JobSortKey: Hashable, Comparable, Sendable {
    package let due: Instant
    package let enrollment: EnrollmentID

    /// Sorts after all jobs; for an account that has none.
    package static let never = JobSortKey(due: .distantFuture, enrollment: EnrollmentID(rawValue: .max))

    package static func < (one: JobSortKey, other: JobSortKey) -> Bool {
        one.due == other.due ? one.enrollment.rawValue < other.enrollment.rawValue : one.due < other.due
    }
}
