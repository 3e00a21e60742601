package import ControlAPI
package import DripCore
import GRDB

extension Store {
    /// Records outcomes, then examines the due jobs of accounts and claims those that are to be sent, the ones that
    /// have waited longest first. All of it is on the disk when this returns. Claims nothing while the state is on
    /// hold.
    /// - Parameters:
    ///   - settlements: outcomes; each is recorded only if its claim is still the job's latest.
    ///   - limit: the maximum number of jobs to claim, over all accounts.
    ///   - examining: the maximum number of jobs to examine, so that the transaction stays short.
    /// - Throws: `StoreError`. Then nothing was recorded and nothing claimed. An error that only prevented claiming is
    ///   in the round's `failure`.
    package func recordAndClaim(
        _ settlements: [Settlement] = [],
        claiming allowances: [ClaimAllowance],
        limit: Int,
        examining: Int,
        now: Instant
    ) async throws -> ClaimRound {
        var round: ClaimRound
        do {
            let allowances = hold == nil ? allowances : []
            if allowances.contains(where: { $0.allowance > 0 }) { try fence.catchUp() }
            round = try await write { [self] db in
                try collecting(db, now) { ledger in
                    let recorded = try record(settlements, ledger)
                    var round = try claim(allowances, limit: limit, examining: examining, ledger)
                    round.recorded = recorded
                    return round
                }
            }
        } catch {
            // An error that prevents claiming must not prevent recording an outcome.
            round = ClaimRound()
            if !settlements.isEmpty { round.recorded = try await record(settlements, now: now) }
            round.failure = error
        }
        round.fenceError = fence.trouble
        return round
    }

    private func claim(
        _ allowances: [ClaimAllowance],
        limit: Int,
        examining: Int,
        _ ledger: Ledger
    ) throws -> ClaimRound {
        let (db, now) = (ledger.db, ledger.now)
        let round = try Claiming(db: db, ledger: ledger).claim(allowances, limit: limit, examining: examining)
        // Last, so that the fence does not advance for a transaction that fails.
        if round.reports.contains(where: { !$0.report.claims.isEmpty }) { try fence.advance(db, now: now) }
        return round
    }

    /// Records outcomes, each only if its claim is still the job's latest.
    package func record(_ settlements: [Settlement], now: Instant) async throws -> RecordReport {
        try await write { [self] db in try collecting(db, now) { try record(settlements, $0) } }
    }

    /// Runs work that ends many steps, and writes the sums once.
    private func collecting<Value>(_ db: Database, _ now: Instant, _ work: (Ledger) throws -> Value) throws -> Value {
        let sums = TallyChanges()
        let value = try work(Ledger(db: db, catalog: catalog, now: now, sums: sums))
        try sums.write(to: db)
        return value
    }

    private func record(_ settlements: [Settlement], _ ledger: Ledger) throws -> RecordReport {
        var report = RecordReport()
        var snapshots = try snapshots(of: settlements[...], ledger.db)
        for (place, settlement) in settlements.enumerated() {
            let claim = settlement.claim
            let enrollment = claim.job.enrollment.id
            guard let (number, snapshot) = snapshots[enrollment], number == claim.number else {
                report.stale += 1
                // The change that outdated the claim may have created another job.
                report.note(claim.job, due: ledger.now)
                try late(settlement, ledger, &report)
                continue
            }
            // A second outcome of the same claim is stale.
            snapshots[enrollment] = nil
            // The platform has confirmed the message. That outweighs any answer, and a missing one. It has also told
            // the person's address.
            let shown = snapshot.echo.map { Outcome.accepted(messageID: $0) }
            let due = try perform(
                shown.map { claim.settle($0, now: ledger.now, jitter: 0) } ?? settlement,
                snapshot,
                ledger,
                &report
            )
            if let due { report.note(claim.job, due: due) }
            // The person whose address became known may be one of those in the remaining outcomes.
            if case .known? = settlement.person {
                snapshots = try self.snapshots(of: settlements[(place + 1)...], ledger.db)
            }
        }
        return report
    }

    /// Records a late answer. It resolves a delivery in doubt even after its claim was given up.
    private func late(_ settlement: Settlement, _ ledger: Ledger, _ report: inout RecordReport) throws {
        let job = settlement.claim.job
        switch settlement.result {
        case .partSent(let id), .over(_, messageID: let id?):
            try ledger.confirm(job.enrollment.id, job.step, part: job.part, messageID: id, isLate: true)
            if case .known(let address)? = settlement.person {
                let pause = try Identification(ledger: ledger, instance: instance).identify(
                    authorOf: job.enrollment.id,
                    as: address
                )
                if let pause { report.commentPauses.append(pause) }
            }
        case .over(let delivery, messageID: nil) where delivery.state == .failed:
            try ledger.refused(job.enrollment.id, job.step, part: job.part, delivery)
        case .over, .again, .nextWay: break
        }
    }

    /// Returns snapshots of the jobs that are being sent, with the numbers of their claims.
    private func snapshots(
        of settlements: ArraySlice<Settlement>,
        _ db: Database
    ) throws -> [EnrollmentID: (claim: Int64, snapshot: Ledger.JobSnapshot)] {
        guard !settlements.isEmpty else { return [:] }
        let enrollments = try JSONColumn.text(settlements.map(\.claim.job.enrollment.id))
        let snapshots = try db.all(Self.onTheirWay, [enrollments]) { row in
            (claim: row[Ledger.JobSnapshot.columnCount] as Int64, snapshot: Ledger.JobSnapshot(row: row))
        }
        return Dictionary(snapshots.map { ($0.snapshot.enrollment.id, $0) }) { first, _ in first }
    }

    static let onTheirWay = """
        SELECT \(Ledger.JobSnapshot.columns), job.claim
        FROM json_each(?) AS chosen CROSS JOIN job JOIN enrollment ON enrollment.id = job.enrollment
        WHERE job.enrollment = chosen.value AND job.claimed_at IS NOT NULL
        """

    /// - Returns: when a job may be due that was not due before; nil if none follows.
    private func perform(
        _ settlement: Settlement,
        _ snapshot: Ledger.JobSnapshot,
        _ ledger: Ledger,
        _ report: inout RecordReport
    ) throws -> Instant? {
        let isStopped = snapshot.endedAt != nil
        let job = settlement.claim.job
        let db = ledger.db
        // Skipped if the person has written since: the platform's answer was about the time before that.
        switch settlement.person {
        case .unreachable(let why, let isBlock)?:
            try db.run(
                """
                UPDATE address SET unreachable = ?, blocked_at = CASE WHEN ? THEN ? END
                WHERE id = ? AND coalesce(window_ends, 0) = coalesce(?, 0)
                """,
                [why, isBlock, ledger.now, job.person.address.id, job.person.address.windowEnds]
            )
        case .windowClosed?:
            try db.run(
                "UPDATE address SET window_ends = ? WHERE id = ? AND window_ends = ? AND window_ends > ?",
                [ledger.now, job.person.address.id, job.person.address.windowEnds, ledger.now]
            )
        case .known?, nil: break
        }
        let dispatch = settlement.claim.dispatch
        var entry = Ledger.Entry(
            delivery: Delivery(state: .sent, reason: nil),
            position: dispatch.position,
            sequenceHash: dispatch.sequenceHash,
            permission: dispatch.permission,
            variant: dispatch.variant,
            bodyHash: dispatch.bodyHash,
            hasMore: !dispatch.isLast
        )
        // For the rarer results the exact time is not worked out.
        var due: Instant? = ledger.now
        switch settlement.result {
        case .partSent(let messageID) where isStopped:
            entry.cutOff(because: snapshot.endReason, messageID: messageID)
            try ledger.end(job, entry, snapshot)
        case .again where isStopped:
            if let subscription = dispatch.subscription { try db.giveBack(subscription, to: job.person.address.id) }
            entry.cutOff(because: snapshot.endReason, messageID: nil)
            try ledger.end(job, entry, snapshot)
        case .partSent(let messageID):
            try ledger.partSent(job, messageID: messageID)
        case .again(let due, let attempt, let waitingFor, let error):
            if let subscription = dispatch.subscription { try db.giveBack(subscription, to: job.person.address.id) }
            try db.forgetAttachments(settlement.forgotten, account: job.person.address.account.id)
            try db.run(
                """
                UPDATE job SET claimed_at = NULL, due = ?, attempt = ?, waiting_for = ?, held_by = ?, error = ?
                WHERE enrollment = ?
                """,
                [
                    due, attempt, waitingFor.rawValue, job.heldBy(waitingFor: waitingFor)?.rawValue, error,
                    job.enrollment.id,
                ]
            )
            // The files may have changed while the message was being sent. A step that has begun goes on.
            if job.part == 0 { try ledger.rescheduleUnsent(job.enrollment.id) }
        case .nextWay(let delivery) where isStopped:
            entry.delivery = delivery
            try ledger.end(job, entry, snapshot)
        case .nextWay(let delivery):
            try db.run(
                """
                INSERT INTO attempt (enrollment, step, address, at, reason, error_class) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (enrollment, step, address) DO NOTHING
                """,
                [
                    job.enrollment.id, job.step, job.person.address.id, ledger.now, delivery.reason ?? "",
                    delivery.errorClass,
                ]
            )
            try db.run(
                "UPDATE job SET claimed_at = NULL, due = ?, attempt = 0, waiting_for = NULL, error = NULL WHERE enrollment = ?",
                [ledger.now, job.enrollment.id]
            )
        case .over(let delivery, let messageID):
            entry.delivery = delivery
            entry.messageID = messageID
            if delivery.state == .inDoubt { entry.expected = ExpectedMessage(dispatch.message) }
            due = try ledger.end(job, entry, snapshot)
        }
        // Last: the person with this address may have this sequence already, and then the next step ends here.
        if case .known(let address)? = settlement.person {
            let pause = try Identification(ledger: ledger, instance: instance)
                .identify(authorOf: job.enrollment.id, as: address)
            if let pause { report.commentPauses.append(pause) }
            return ledger.now
        }
        return due
    }

    /// Marks the messages that were being sent when the process died as in doubt. Call this once, before the first
    /// claim.
    /// - Returns: how many there were.
    package func recover(now: Instant) async throws -> Int {
        // First, so that people who were erased are not written to the ledger again.
        let broughtBack = try await write { [self] db in
            try suppressions.replay(Ledger(db: db, catalog: catalog, now: now))
        }
        if let broughtBack, broughtBack.erased > 0 {
            try? await pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        }
        return try await write { [self] db in
            try fence.noteStart(db, now: now)
            let ledger = Ledger(db: db, catalog: catalog, now: now)
            let rows = try db.rows(
                """
                SELECT \(Job.columns), \(ClaimedMessage.columns), job.echo, enrollment.end_reason
                FROM \(Job.joined) WHERE job.claimed_at IS NOT NULL
                """,
                []
            )
            var inDoubt = 0
            for row in rows {
                let job = try Job(row: row)
                let echo: String? = row["echo"]
                let endReason: String? = row["end_reason"]
                let claimed = ClaimedMessage(row: row)
                if let echo {
                    try ledger.confirmDelivered(job, messageID: echo, claimed, endReason: endReason)
                    continue
                }
                inDoubt += 1
                let delivery = Delivery(state: .inDoubt, reason: "dripd ended before the answer came")
                var entry = claimed.entry(delivery)
                // Recorded now, before more is learned about the person.
                entry.expected = catalog.sequence(of: job.enrollment).flatMap { sequence in
                    guard sequence.hash == claimed.sequenceHash, claimed.permission != .utilityTemplate else {
                        return nil
                    }
                    return catalog.expectedMessage(
                        job.step,
                        part: job.part,
                        for: job.person,
                        round: job.enrollment.round,
                        bodyHash: claimed.bodyHash,
                        in: sequence
                    )
                }
                try ledger.end(job, entry)
            }
            return inDoubt
        }
    }

    /// Moves the jobs of accounts that left the configuration to their people's other addresses. Call it at the start.
    /// - Returns: how many were moved.
    package func leaveAccounts(now: Instant) async throws -> Int {
        let catalog = catalog
        return try await write { try JobMoves(db: $0, now: now).leaveAccounts(notIn: catalog) }
    }
}

/// The result of recording outcomes.
package struct RecordReport: Sendable {
    /// The number of outcomes whose claims were no longer the latest.
    package internal(set) var stale = 0
    /// Pauses that have begun: these accounts answer no comments without an author for a while.
    package internal(set) var commentPauses: [CommentPause] = []
    /// The first job of each account that may have been created or become due. No other job comes before it; it may
    /// come later itself.
    package private(set) var following: [AccountID: JobSortKey] = [:]

    package init() {}

    mutating func note(_ job: Job, due: Instant) {
        let order = JobSortKey(due: due, enrollment: job.enrollment.id)
        following[job.person.address.account.id] = min(following[job.person.address.account.id] ?? order, order)
    }
}
