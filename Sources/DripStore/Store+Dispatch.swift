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
                    let recorded = try record(settlements, ledger)
                    var round = try claim(openings, limit: limit, examining: examining, ledger)
                    round.recorded = recorded
                    return round
                }
            }
        } catch {
            // What keeps a message from being claimed must not keep an outcome from being recorded.
            round = ClaimRound()
            if !settlements.isEmpty { round.recorded = try await record(settlements, now: now) }
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
    package func record(_ settlements: [Settlement], now: Instant) async throws -> RecordReport {
        try await write { [self] db in try collecting(db, now) { try record(settlements, $0) } }
    }

    /// Many steps end in these transactions: their sums are written once.
    private func collecting<Value>(_ db: Database, _ now: Instant, _ work: (Ledger) throws -> Value) throws -> Value {
        let sums = Sums()
        let value = try work(Ledger(db: db, catalog: catalog, now: now, sums: sums))
        try sums.write(to: db)
        return value
    }

    private func record(_ settlements: [Settlement], _ ledger: Ledger) throws -> RecordReport {
        var report = RecordReport()
        var standings = try standings(of: settlements[...], ledger.db)
        for (place, settlement) in settlements.enumerated() {
            let claim = settlement.claim
            let enrollment = claim.job.enrollment.id
            guard let (number, standing) = standings[enrollment], number == claim.number else {
                report.stale += 1
                // What outdated it may have made another job.
                report.note(claim.job, due: ledger.now)
                try late(settlement, ledger, &report)
                continue
            }
            // What comes twice counts once.
            standings[enrollment] = nil
            // The platform has shown the message: that outweighs any answer, and the lack of one.
            // It has told the person's address, too.
            let shown = standing.echo.map { Outcome.accepted(messageID: $0) }
            let due = try perform(
                shown.map { claim.settle($0, now: ledger.now, jitter: 0) } ?? settlement,
                standing,
                ledger,
                &report
            )
            if let due { report.note(claim.job, due: due) }
            // Whose address this told may be somebody who is among those behind it.
            if case .known? = settlement.person {
                standings = try self.standings(of: settlements[(place + 1)...], ledger.db)
            }
        }
        return report
    }

    /// An answer ends the doubt, whenever it comes: also after its claim was given up.
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
        case .over, .again: break
        }
    }

    /// Of the jobs that are on their way, with the numbers of their claims.
    private func standings(
        of settlements: ArraySlice<Settlement>,
        _ db: Database
    ) throws -> [EnrollmentID: (claim: Int64, standing: Ledger.Standing)] {
        guard !settlements.isEmpty else { return [:] }
        let enrollments = try JSONColumn.text(settlements.map(\.claim.job.enrollment.id))
        let standings = try db.all(Self.onTheirWay, [enrollments]) { row in
            (claim: row[Ledger.Standing.columnCount] as Int64, standing: Ledger.Standing(row: row))
        }
        return Dictionary(standings.map { ($0.standing.enrollment.id, $0) }) { first, _ in first }
    }

    static let onTheirWay = """
        SELECT \(Ledger.Standing.columns), job.claim
        FROM json_each(?) AS chosen CROSS JOIN job JOIN enrollment ON enrollment.id = job.enrollment
        WHERE job.enrollment = chosen.value AND job.claimed_at IS NOT NULL
        """

    /// - Returns: from when on something may be due that was not due before; nil where nothing follows.
    private func perform(
        _ settlement: Settlement,
        _ standing: Ledger.Standing,
        _ ledger: Ledger,
        _ report: inout RecordReport
    ) throws -> Instant? {
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
            delivery: Delivery(state: .sent, reason: nil),
            position: dispatch.position,
            sequenceHash: dispatch.sequenceHash,
            permission: dispatch.permission,
            variant: dispatch.variant,
            bodyHash: dispatch.bodyHash,
            hasMore: !dispatch.isLast
        )
        // Of what happens seldom it is not worked out.
        var due: Instant? = ledger.now
        switch settlement.result {
        case .partSent(let messageID) where isStopped:
            entry.cutOff(because: standing.endReason, messageID: messageID)
            try ledger.end(job, entry, standing)
        case .again where isStopped:
            if let subscription = dispatch.subscription { try db.giveBack(subscription, to: job.person.id) }
            entry.cutOff(because: standing.endReason, messageID: nil)
            try ledger.end(job, entry, standing)
        case .partSent(let messageID):
            try ledger.partSent(job, messageID: messageID)
        case .again(let due, let attempt, let waitingFor, let error):
            if let subscription = dispatch.subscription { try db.giveBack(subscription, to: job.person.id) }
            try db.forgetAttachments(settlement.forgotten, lane: job.person.lane)
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
            // The files may have changed while it was on its way. What has begun goes on.
            if job.part == 0 { try ledger.followAgain(job.enrollment.id) }
        case .over(let delivery, let messageID):
            entry.delivery = delivery
            entry.messageID = messageID
            if delivery.state == .inDoubt { entry.expected = Sought(dispatch.message) }
            due = try ledger.end(job, entry, standing)
        }
        // Last: whoever it turns out to be may have this sequence already, and then what comes next ends here.
        if case .known(let address)? = settlement.person {
            let pause = try Identification(ledger: ledger, instance: instance)
                .identify(authorOf: job.enrollment.id, as: address)
            if let pause { report.commentPauses.append(pause) }
            return ledger.now
        }
        return due
    }

    /// What was on its way when the process died is in doubt. To be called once, before the first claim.
    /// - Returns: how many there were.
    package func recover(now: Instant) async throws -> Int {
        // First: who was erased is not to be in the ledger.
        let broughtBack = try await write { [self] db in
            try suppressions.bringBack(Ledger(db: db, catalog: catalog, now: now))
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
                    try ledger.shown(job, messageID: echo, claimed, endReason: endReason)
                    continue
                }
                inDoubt += 1
                let delivery = Delivery(state: .inDoubt, reason: "dripd ended before the answer came")
                var entry = claimed.entry(delivery)
                // Before anything more is learned about the person.
                entry.expected = catalog.sequence(of: job.enrollment).flatMap { sequence in
                    guard sequence.hash == claimed.sequenceHash, claimed.permission != .utilityTemplate else {
                        return nil
                    }
                    return catalog.sought(
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

}
