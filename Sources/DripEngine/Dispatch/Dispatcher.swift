package import Channels
package import DripCore
package import DripStore
package import Logging

/// Sends due jobs: claims, delivers, records. `Catalog.admit` and `Claim.settle` make the decisions.
///
/// ```
/// mailbox ──► Claim.settle ──► limiters ──► store.recordAndClaim ──► channel.deliver (many at once) ──► mailbox
/// ```
/// Not `Sendable`: one task owns it, `DispatcherService` or a test.
package final class Dispatcher {
    private let store: Store
    private let channel: any Channel
    private let limiters: LimiterTable
    private let limits: DispatchLimits
    private let random: @Sendable () -> Double
    private let requestUpload: @Sendable (Set<Upload>) -> Void
    private let log: DispatchLog
    let mailbox = Mailbox()
    private(set) var inFlight = 0
    /// The next job of each account, if known. The account has no earlier job; this one may turn out to be due later.
    private var following: [AccountID: JobSortKey] = [:]
    /// Accounts with a backlog: more jobs were due than the last pass claimed.
    private var backlogged: Set<AccountID> = []
    /// Outcomes that could not be recorded yet. They are kept until they are on the disk.
    private var unrecorded: [Settlement] = []

    /// - Parameters:
    ///   - random: returns a number from 0 up to 1, for the jitter of waits.
    ///   - requestUpload: called with the files that messages wait for.
    package init(
        store: Store,
        channel: any Channel,
        limiters: LimiterTable,
        limits: DispatchLimits,
        random: @escaping @Sendable () -> Double,
        requestUpload: @escaping @Sendable (Set<Upload>) -> Void,
        logger: Logger
    ) {
        self.store = store
        self.channel = channel
        self.limiters = limiters
        self.limits = limits
        self.random = random
        self.requestUpload = requestUpload
        log = DispatchLog(logger: logger)
    }

    package var isIdle: Bool { inFlight == 0 && unrecorded.isEmpty }

    /// Forgets the known next jobs: other code may have added jobs or made them due earlier.
    func forgetJobs() {
        following = [:]
    }

    /// Claims and sends the due jobs that may be sent now, including those that other code has added.
    /// - Returns: when to call again; nil if only an event or an outcome can bring new work.
    /// - Throws: `StoreError`.
    package func tick(now: Instant) async throws -> Instant? {
        forgetJobs()
        return try await recordAndClaim([], now: now)
    }

    /// Records outcomes, and claims the jobs that may be sent now. It relies on the next jobs known since `forgetJobs`, so that
    /// its cost depends on what has happened and not on the number of accounts.
    /// - Returns: when to call again; nil if only an event or an outcome can bring new work.
    /// - Throws: `StoreError`; what could not be recorded is tried again the next time.
    func recordAndClaim(_ outcomes: [(claim: Claim, outcome: Outcome)], now: Instant) async throws -> Instant? {
        note(outcomes, now: now)
        var drained: Set<AccountID> = []
        var examining: [AccountID: Int] = [:]
        while true {
            let batch = unrecorded.prefix(limits.batch)
            // A step that is not over has a new job, so the next job of its account is unknown again.
            for settlement in batch where !settlement.endsStep {
                following[settlement.claim.job.person.address.account.id] = nil
                drained.remove(settlement.claim.job.person.address.account.id)
            }
            let allowances = allowances(but: drained, examining, now: now)
            if batch.isEmpty, allowances.isEmpty { break }
            let round = try await store.recordAndClaim(
                Array(batch),
                claiming: allowances,
                limit: free,
                examining: limits.batch,
                now: now
            )
            unrecorded.removeFirst(batch.count)
            log.recorded(round.recorded)
            noteJobs(of: round.recorded)
            if let failure = round.failure { throw failure }
            following.merge(round.following) { _, new in new }
            for (id, job) in round.moved {
                following[id] = following[id].map { min($0, job) }
                drained.remove(id)
            }
            for (id, job) in round.following where job.due > now { backlogged.remove(id) }
            for (id, report) in round.reports {
                begin(report, of: id, fenceError: round.fenceError, now: now)
                if report.isDrained { drained.insert(id) } else { backlogged.insert(id) }
                // If all jobs are skipped, as after an edit that makes thousands too late, the next transaction examines more.
                examining[id] = report.requests == 0 ? min(max(report.examined, 1) * 4, limits.batch) : nil
            }
            if round.reports.isEmpty, unrecorded.isEmpty { break }
        }
        // At full concurrency the next outcome frees a place and wakes the loop.
        return inFlight < limits.concurrency ? limiters.next(of: following, now: now) : nil
    }

    /// Notes the next jobs that were created with the recorded outcomes. An account whose next job is unknown stays unknown.
    private func noteJobs(of recorded: RecordReport) {
        for (limiter, job) in recorded.following { following[limiter] = following[limiter].map { min($0, job) } }
    }

    private var free: Int { min(limits.concurrency - inFlight, limits.batch) }

    /// Returns the accounts to claim from: all whose next job is unknown, and enough accounts with due jobs to fill the
    /// free places, the earliest due first. They share the places, so that one account's backlog does not hold up the
    /// others. An account with a backlog may claim several jobs per pass.
    private func allowances(
        but drained: Set<AccountID>,
        _ examining: [AccountID: Int],
        now: Instant
    ) -> [ClaimAllowance] {
        let free = free
        guard free > 0 else { return [] }
        // Of hundreds of accounts, few are due in a pass.
        let isKnown = following.count == limiters.ids.count
        let unknown = isKnown ? [] : limiters.ids.filter { following[$0] == nil && !drained.contains($0) }
        let due = following.lazy.filter { $0.value.due <= now && !drained.contains($0.key) }
        // If few places are free, one account's backlog must not take them all pass after pass.
        let jobsPerBackloggedAccount = min(limits.jobsPerBackloggedAccount, max(1, free / 4))
        typealias Room = (id: AccountID, allowance: Int, turns: KindLimiter?, share: Int)
        func room(of id: AccountID, share: Int) -> Room? {
            limiters.change(id) { limiter in (id, min(limiter.allowance(at: now), free), limiter.turns(at: now), share)
            }
        }
        var open: [Room] = []
        var taken = 0
        for limiter in due.sorted(by: { $0.value < $1.value }) where taken < free {
            let share = backlogged.contains(limiter.key) ? jobsPerBackloggedAccount : 1
            guard let room = room(of: limiter.key, share: share), room.allowance > 0 else { continue }
            open.append(room)
            taken += min(room.allowance, share)
        }
        // The remaining places are divided among the accounts.
        let least = taken < free ? (free - 1) / max(1, open.count) + 1 : 1
        return (unknown.compactMap { room(of: $0, share: least) } + open).map { id, allowance, turns, share in
            ClaimAllowance(
                account: id,
                allowance: allowance,
                examining: max(examining[id] ?? 0, min(allowance, max(share, least))),
                turns: turns
            )
        }
    }

    private func begin(_ report: ClaimReport, of id: AccountID, fenceError: StoreError?, now: Instant) {
        let limiter = limiters.change(id) { limiter in
            for claim in report.claims { limiter.sent(1, of: claim.dispatch.kind) }
            limiter.recordOtherCalls(report.typing.count, at: now)
            return limiter
        }
        if let limiter { log.looked(at: limiter, report) }
        if !report.uploads.isEmpty { requestUpload(report.uploads) }
        for claim in report.claims {
            inFlight += 1
            if let why = fenceError {
                mailbox.post(.unsent(why: why.description), of: claim)
            } else if let why = limiters.change(id, { $0.reasonNotToTry(claim.recipient, at: now) }) ?? nil {
                mailbox.post(.untried(why: why), of: claim)
            } else {
                launch(claim)
            }
        }
        // Typing indicators are best effort: the message is a job of its own, due in a few seconds.
        if fenceError == nil, let limiter {
            for typing in report.typing { Task { [channel] in await channel.show(typing, from: limiter.page) } }
        }
    }

    /// Delivers a claim at a lower priority than the dispatcher's. Otherwise hundreds of deliveries would run before the
    /// dispatcher, and the database writer would wait for it.
    private func launch(_ claim: Claim) {
        let key = key(of: claim)
        Task(priority: .utility) { [channel, mailbox, log] in
            let outcome = await channel.deliver(OutgoingMessage(claim, key: key))
            log.returned(outcome, of: claim)
            mailbox.post(outcome, of: claim)
        }
    }

    private func key(of claim: Claim) -> DeliveryKey {
        DeliveryKey(
            instance: store.instance,
            enrollment: claim.job.enrollment.id,
            step: claim.job.step,
            part: claim.job.part
        )
    }

    /// Records outcomes without claiming anything.
    /// - Throws: `StoreError`; what could not be recorded is tried again the next time.
    func settle(_ outcomes: [(claim: Claim, outcome: Outcome)], now: Instant) async throws {
        note(outcomes, now: now)
        while !unrecorded.isEmpty {
            let batch = Array(unrecorded.prefix(limits.batch))
            let recorded = try await store.record(batch, now: now)
            unrecorded.removeFirst(batch.count)
            log.recorded(recorded)
            noteJobs(of: recorded)
        }
    }

    /// Applies outcomes to their claims and limiters.
    private func note(_ outcomes: [(claim: Claim, outcome: Outcome)], now: Instant) {
        inFlight -= outcomes.count
        for (claim, outcome) in outcomes {
            let settlement = claim.settle(outcome, now: now, jitter: random())
            let limiter = limiters.change(claim.job.person.address.account.id) { limiter in
                let before = limiter
                limiter.ended(settlement.limiter, of: claim.dispatch.kind, now: now, jitter: random())
                return (before: before, after: limiter)
            }
            log.settled(
                settlement,
                by: outcome,
                delivery: key(of: claim),
                person: store.pseudonym(of: claim.job.person)
            )
            if let limiter { log.limiterChanged(limiter.before, limiter.after) }
            unrecorded.append(settlement)
        }
    }

    /// Waits for the outcomes of all requests under way, and records them.
    package func settleAll(now: () -> Instant) async throws {
        while !isIdle {
            if inFlight == 0 {
                try await settle([], now: now())
            } else {
                try await settle(await mailbox.next().outcomes, now: now())
            }
        }
    }
}
