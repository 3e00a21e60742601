package import Channels
package import DripCore
package import DripStore
package import Logging

/// Sends what is due: claims, delivers, records. Decides nothing itself: `Catalog.admit` and `Claim.settle` do.
///
/// ```
/// tick(now):    store.claim ──► channel.deliver (many at once) ──► mailbox
/// settle(now):  mailbox ──► Claim.settle ──► store.record, lanes
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

    /// Claims what is due and may be sent now, and sets it on its way.
    /// - Returns: when to look again; nil when only an event or an outcome can bring new work.
    /// - Throws: `StoreError`.
    package func tick(now: Instant) async throws -> Instant? {
        var next: Instant?
        for lane in lanes.all {
            if let lanesNext = try await tick(lane, now: now) { next = min(next ?? lanesNext, lanesNext) }
        }
        return next
    }

    private func tick(_ lane: Lane, now: Instant) async throws -> Instant? {
        var examining = 0
        while true {
            let free = min(limits.concurrency - inFlight, limits.batch)
            let open = lanes.change(lane.id) { (min($0.allowance(at: now), free), $0.turns(at: now)) }
            guard let (allowance, turns) = open, allowance > 0 else { break }
            examining = max(examining, allowance)
            let report = try await store.claim(
                lane: lane.id,
                limit: allowance,
                examining: examining,
                turns: turns,
                now: now
            )
            log.looked(at: lane, report)
            if !report.uploads.isEmpty { want(report.uploads) }
            _ = lanes.change(lane.id) { lane in
                for claim in report.claims { lane.sent(1, of: claim.dispatch.kind, at: now) }
                lane.showed(report.typing.count, at: now)
            }
            for claim in report.claims {
                inFlight += 1
                if let why = report.mustNotLeave {
                    mailbox.post(.unsent(why: why.description), of: claim)
                } else if let refusal = lanes.change(lane.id, { $0.refusal(to: claim.recipient, at: now) }) ?? nil {
                    mailbox.post(.refused(refusal), of: claim)
                } else {
                    launch(claim)
                }
            }
            // Nobody waits for these: the message is a job that is due in a few seconds, whatever becomes of them.
            if report.mustNotLeave == nil {
                for typing in report.typing { Task { [channel] in await channel.show(typing, from: lane.page) } }
            }
            if report.isDrained { break }
            // Where all are skipped, as after an edit that makes thousands too late, more are looked at in a transaction.
            examining = report.requests == 0 ? min(examining * 4, limits.batch) : 0
        }
        // With every place taken, an outcome makes the next one free and the loop comes round.
        guard inFlight < limits.concurrency, let due = try await store.nextDue(lane: lane.id), due < .distantFuture,
            let open = lanes.change(lane.id, { $0.next(at: now) }) ?? nil
        else { return nil }
        return max(due, open)
    }

    private func launch(_ claim: Claim) {
        let key = key(of: claim)
        Task { [channel, mailbox] in
            let outcome = await channel.deliver(
                claim.dispatch.message,
                from: claim.job.person.page,
                to: claim.recipient,
                key: key
            )
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

    /// Records what came back.
    /// - Throws: `StoreError`; what could not be recorded is tried again the next time.
    func settle(_ outcomes: [(claim: Claim, outcome: Outcome)], now: Instant) async throws {
        inFlight -= outcomes.count
        for (claim, outcome) in outcomes {
            log.returned(outcome, of: claim)
            let settlement = claim.settle(outcome, now: now, jitter: random())
            let jitter = random()
            let before = lanes.change(claim.job.person.lane) { lane in
                defer { lane.ended(settlement.lane, now: now, jitter: jitter) }
                return lane
            }
            log.settled(
                settlement,
                by: outcome,
                delivery: key(of: claim),
                person: store.pseudonym(of: claim.job.person),
                before: before,
                after: lanes.change(claim.job.person.lane) { $0 }
            )
            unrecorded.append(settlement)
        }
        while !unrecorded.isEmpty {
            let batch = Array(unrecorded.prefix(limits.batch))
            let stale = try await store.record(batch, now: now)
            unrecorded.removeFirst(batch.count)
            log.recorded(stale: stale)
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
