package import Channels
package import DripCore
package import DripStore
package import Logging

/// Sends what is due: claims, delivers, records. Decides nothing itself: `Catalog.admit` and `Claim.settle` do.
///
/// ```
/// mailbox ──► Claim.settle ──► lanes ──► store.turn: records, claims ──► channel.deliver (many at once) ──► mailbox
/// ```
/// Not `Sendable`: one task owns it, `DispatcherService` or a test.
package final class Dispatcher {
    private let store: Store
    private let channel: any Channel
    private let lanes: LaneTable
    private let limits: DispatchLimits
    private let random: @Sendable () -> Double
    private let want: @Sendable (Set<Upload>) -> Void
    private let log: DispatchLog
    let mailbox = Mailbox()
    private(set) var inFlight = 0
    /// Each lane's next job, as far as anything is known of it: no other comes before that, and it may come later.
    private var following: [LaneID: JobOrder] = [:]
    /// Lanes that had more due than was taken of them at the last look.
    private var inArrears: Set<LaneID> = []
    /// Outcomes that the disk did not take yet. They have happened: they are kept until it does.
    private var unrecorded: [Settlement] = []

    /// - Parameters:
    ///   - random: from 0 up to 1, for the jitter of waits.
    ///   - want: told of the files that messages wait for.
    package init(
        store: Store,
        channel: any Channel,
        lanes: LaneTable,
        limits: DispatchLimits,
        random: @escaping @Sendable () -> Double,
        want: @escaping @Sendable (Set<Upload>) -> Void,
        logger: Logger
    ) {
        self.store = store
        self.channel = channel
        self.lanes = lanes
        self.limits = limits
        self.random = random
        self.want = want
        log = DispatchLog(logger: logger)
    }

    package var isIdle: Bool { inFlight == 0 && unrecorded.isEmpty }

    /// Others than this dispatcher may have made jobs, or made them due earlier.
    func forgetJobs() {
        following = [:]
    }

    /// Claims what is due and may be sent now, and sets it on its way, whoever made it due.
    /// - Returns: when to look again; nil when only an event or an outcome can bring new work.
    /// - Throws: `StoreError`.
    package func tick(now: Instant) async throws -> Instant? {
        forgetJobs()
        return try await turn([], now: now)
    }

    /// Records what came back, and claims what may be sent now by what is known of the lanes since `forgetJobs`: it costs
    /// what has happened, however many lanes there are.
    /// - Returns: when to look again; nil when only an event or an outcome can bring new work.
    /// - Throws: `StoreError`; what could not be recorded is tried again the next time.
    func turn(_ outcomes: [(claim: Claim, outcome: Outcome)], now: Instant) async throws -> Instant? {
        note(outcomes, now: now)
        var drained: Set<LaneID> = []
        var examining: [LaneID: Int] = [:]
        while true {
            let batch = unrecorded.prefix(limits.batch)
            // What goes on at once is asked for with the claims.
            for settlement in batch where !settlement.endsStep {
                following[settlement.claim.job.person.lane] = nil
                drained.remove(settlement.claim.job.person.lane)
            }
            let openings = openings(but: drained, examining, now: now)
            if batch.isEmpty, openings.isEmpty { break }
            let round = try await store.turn(
                Array(batch),
                claiming: openings,
                limit: free,
                examining: limits.batch,
                now: now
            )
            unrecorded.removeFirst(batch.count)
            log.recorded(round.recorded)
            noteJobs(of: round.recorded)
            if let failure = round.failure { throw failure }
            following.merge(round.following) { _, new in new }
            for (id, job) in round.following where job.due > now { inArrears.remove(id) }
            for (id, report) in round.reports {
                begin(report, of: id, mustNotLeave: round.mustNotLeave, now: now)
                if report.isDrained { drained.insert(id) } else { inArrears.insert(id) }
                // Where all are skipped, as after an edit that makes thousands too late, more are looked at in a transaction.
                examining[id] = report.requests == 0 ? min(max(report.examined, 1) * 4, limits.batch) : nil
            }
            if round.reports.isEmpty, unrecorded.isEmpty { break }
        }
        // With every place taken, an outcome makes the next one free and the loop comes round.
        return inFlight < limits.concurrency ? lanes.next(of: following, now: now) : nil
    }

    /// A lane of which nothing is known stays so.
    private func noteJobs(of recorded: RecordReport) {
        for (lane, job) in recorded.following { following[lane] = following[lane].map { min($0, job) } }
    }

    private var free: Int { min(limits.concurrency - inFlight, limits.batch) }

    /// The lanes of which nothing is known, and of those that something may be claimed of now as many as fill the free places:
    /// those that come first. They share the places: a lane's backlog holds no other up. A lane in arrears has its turn with
    /// some jobs at once.
    private func openings(but drained: Set<LaneID>, _ examining: [LaneID: Int], now: Instant) -> [LaneOpening] {
        let free = free
        guard free > 0 else { return [] }
        // There may be hundreds of lanes, a few of which a turn comes to.
        let isKnown = following.count == lanes.ids.count
        let unknown = isKnown ? [] : lanes.ids.filter { following[$0] == nil && !drained.contains($0) }
        let due = following.lazy.filter { $0.value.due <= now && !drained.contains($0.key) }
        // Where few places are free, one lane's arrears must not take them all, turn by turn.
        let together = min(limits.together, max(1, free / 4))
        typealias Room = (id: LaneID, allowance: Int, turns: SendTurns?, share: Int)
        func room(of id: LaneID, share: Int) -> Room? {
            lanes.change(id) { lane in (id, min(lane.allowance(at: now), free), lane.turns(at: now), share) }
        }
        var open: [Room] = []
        var taken = 0
        for lane in due.sorted(by: { $0.value < $1.value }) where taken < free {
            let share = inArrears.contains(lane.key) ? together : 1
            guard let room = room(of: lane.key, share: share), room.allowance > 0 else { continue }
            open.append(room)
            taken += min(room.allowance, share)
        }
        // Places that are left are shared out.
        let least = taken < free ? (free - 1) / max(1, open.count) + 1 : 1
        return (unknown.compactMap { room(of: $0, share: least) } + open).map { id, allowance, turns, share in
            LaneOpening(
                lane: id,
                allowance: allowance,
                examining: max(examining[id] ?? 0, min(allowance, max(share, least))),
                turns: turns
            )
        }
    }

    private func begin(_ report: ClaimReport, of id: LaneID, mustNotLeave: StoreError?, now: Instant) {
        let lane = lanes.change(id) { lane in
            for claim in report.claims { lane.sent(1, of: claim.dispatch.kind) }
            lane.showed(report.typing.count, at: now)
            return lane
        }
        if let lane { log.looked(at: lane, report) }
        if !report.uploads.isEmpty { want(report.uploads) }
        for claim in report.claims {
            inFlight += 1
            if let why = mustNotLeave {
                mailbox.post(.unsent(why: why.description), of: claim)
            } else if let why = lanes.change(id, { $0.reasonNotToTry(claim.recipient, at: now) }) ?? nil {
                mailbox.post(.untried(why: why), of: claim)
            } else {
                launch(claim)
            }
        }
        // Nobody waits for these: the message is a job that is due in a few seconds, whatever becomes of them.
        if mustNotLeave == nil, let lane {
            for typing in report.typing { Task { [channel] in await channel.show(typing, from: lane.page) } }
        }
    }

    /// At a lower priority than the dispatcher's own: it would wait for its turn behind hundreds of them, and the writer for it.
    private func launch(_ claim: Claim) {
        let key = key(of: claim)
        Task(priority: .utility) { [channel, mailbox, log] in
            let outcome = await channel.deliver(
                claim.dispatch.message,
                from: claim.job.person.page,
                to: claim.recipient,
                key: key
            )
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

    /// Records what came back, and claims nothing.
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

    /// What outcomes make of their claims and lanes.
    private func note(_ outcomes: [(claim: Claim, outcome: Outcome)], now: Instant) {
        inFlight -= outcomes.count
        for (claim, outcome) in outcomes {
            let settlement = claim.settle(outcome, now: now, jitter: random())
            let lane = lanes.change(claim.job.person.lane) { lane in
                let before = lane
                lane.ended(settlement.lane, of: claim.dispatch.kind, now: now, jitter: random())
                return (before: before, after: lane)
            }
            log.settled(
                settlement,
                by: outcome,
                delivery: key(of: claim),
                person: store.pseudonym(of: claim.job.person)
            )
            if let lane { log.laneChanged(lane.before, lane.after) }
            unrecorded.append(settlement)
        }
    }

    /// Waits until everything that is on its way has come back, and records it.
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
