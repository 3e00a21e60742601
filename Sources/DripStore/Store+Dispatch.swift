package import DripCore
import GRDB

extension Store {
    /// Records outcomes, then looks at the due jobs of lanes, decides over each, and takes those that are to be sent: those
    /// that have waited longest first. All of it is on the disk when this returns. Takes nothing while the state is on
    /// hold.
    /// - Parameters:
    ///   - settlements: each is recorded only if its claim is still the job's latest.
    ///   - limit: takes so many at most, of all lanes together.
    ///   - examining: looks at so many at most: a transaction is not to take long.
    /// - Throws: `StoreError`: then nothing was recorded, and nothing taken. What kept it from taking alone is the round's
    ///   `failure`.
    package func turn(
        _ settlements: [Settlement] = [],
        claiming openings: [LaneOpening],
        limit: Int,
        examining: Int,
        now: Instant
    ) async throws -> ClaimRound {
        var round: ClaimRound
        do {
            let openings = hold == nil ? openings : []
            if openings.contains(where: { $0.allowance > 0 }) { try fence.catchUp() }
            round = try await write { [self] db in
                try collecting(db, now) { ledger in
                    let stale = try record(settlements, ledger)
                    var round = try claim(openings, limit: limit, examining: examining, ledger)
                    round.stale = stale
                    return round
                }
            }
        } catch {
            // What keeps a message from being claimed must not keep an outcome from being recorded.
            round = ClaimRound()
            round.stale = settlements.isEmpty ? 0 : try await record(settlements, now: now)
            round.failure = error
        }
        round.mustNotLeave = fence.trouble
        return round
    }

    private func claim(_ openings: [LaneOpening], limit: Int, examining: Int, _ ledger: Ledger) throws -> ClaimRound {
        let (db, now) = (ledger.db, ledger.now)
        let round = try Claiming(db: db, ledger: ledger).claim(openings, limit: limit, examining: examining)
        // Last: what counts claims must not run ahead of a transaction that came to nothing.
        if round.reports.contains(where: { !$0.report.claims.isEmpty }) { try fence.advance(db, now: now) }
        return round
    }

    /// Records outcomes, each only if its claim is still the job's latest.
    /// - Returns: how many no longer were.
    package func record(_ settlements: [Settlement], now: Instant) async throws -> Int {
        try await write { [self] db in try collecting(db, now) { try record(settlements, $0) } }
    }

    /// Many steps end in these transactions: their sums are written once.
    private func collecting<Value>(_ db: Database, _ now: Instant, _ work: (Ledger) throws -> Value) throws -> Value {
        let sums = Sums()
        let value = try work(Ledger(db: db, catalog: catalog, now: now, sums: sums))
        try sums.write(to: db)
        return value
    }

    private func record(_ settlements: [Settlement], _ ledger: Ledger) throws -> Int {
        var stale = 0
        for settlement in settlements {
            let owned = [settlement.claim.job.enrollment.id, settlement.claim.number] as StatementArguments
            guard let standing = try ledger.db.first(Self.owned, owned, Ledger.Standing.init) else {
                stale += 1
                continue
            }
            // The platform has shown the message: that outweighs any answer, and the lack of one.
            // It has told the person's address, too.
            let shown = standing.echo.map { Outcome.accepted(messageID: $0) }
            try perform(
                shown.map { settlement.claim.settle($0, now: ledger.now, jitter: 0) } ?? settlement,
                standing,
                ledger
            )
        }
        return stale
    }

    static let owned = """
        SELECT \(Ledger.Standing.columns) FROM job JOIN enrollment ON enrollment.id = job.enrollment
        WHERE job.enrollment = ? AND claim = ? AND claimed_at IS NOT NULL
        """

    private func perform(_ settlement: Settlement, _ standing: Ledger.Standing, _ ledger: Ledger) throws {
        let isStopped = standing.endedAt != nil
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
            try ledger.end(job, entry, standing)
        case .again where isStopped:
            try ledger.end(job, entry, standing)
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
            try ledger.end(job, entry, standing)
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
                SELECT \(Job.columns), \(ClaimedMessage.columns), job.echo, enrollment.ended_at
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

}
