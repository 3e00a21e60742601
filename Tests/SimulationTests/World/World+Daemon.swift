import Channels
import ControlAPI
import DripCore
import DripStore
import Synchronization
import TestSupport

@testable import DripEngine

/// The daemon's lives, and the passes of its loop.
extension World {
    func start(dyingAfter commits: Int?) async {
        guard daemon == nil else { return }
        starts.insert(clockNow)
        do {
            let jitter = Mutex(SeededRandom(seed: random.next()))
            let new = try await SimulatedDaemon(
                state: state,
                files: files.path,
                network: network,
                clock: clock,
                random: { jitter.withLock { Double.random(in: 0..<1, using: &$0) } },
                dailyLimit: scenario.dailyLimit,
                rate: scenario.rate,
                dyingAfter: commits
            )
            daemon = new
            lookOutages = 0
            agenda.add(.errand(new.catchingUp), at: now)
            agenda.add(.errand(new.looking), at: now + 1000)
            noteDoubt()
            files.adopted(new.hashes, at: clockNow)
            note(nil, "the daemon starts")
            noteHold(of: new)
            guard new.store.hold == nil else { return }
            // The daemon may catch up for this long before it sends.
            if let stoppedAt { block(from: stoppedAt, to: clockNow + SyncService.longestHold) }
            stoppedAt = nil
        } catch is CrashPoint.Crash {
            note(nil, "the daemon dies while it starts")
            agenda.add(.start(dyingAfter: nil), at: now + between(1000, Self.minute))
        } catch {
            fail(nil, "the daemon does not start: \(error)")
        }
    }

    /// Ends the process and everything that it had not written. Requests that it had sent still arrive.
    func crash(_ why: String) async {
        guard let daemon else { return }
        note(nil, why)
        self.daemon = nil
        for (claim, _) in outcomes {
            let job = claim.job
            uncertain.insert("dripd/simulated/\(job.enrollment.id.rawValue)/\(job.part)/\(job.step)")
        }
        (alarm, outcomes, fullDisk) = (nil, [], false)
        stoppedAt = min(stoppedAt ?? clockNow, clockNow)
        for flight in flights where !flight.isOver {
            uncertain.insert(flight.summary.key)
            finish(flight)
        }
        flights = []
        daemon.die()
        await abandonErrands(of: daemon)
        do {
            try await daemon.close()
        } catch {
            fail(nil, "the store cannot be closed: \(error)")
        }
        let isOutage = chance(scenario.outages > 0 ? 0.4 : 0)
        let pause = isOutage ? between(10 * Self.minute, 30 * Self.hour) : between(1000, 5 * Self.minute)
        let commits = !withoutFaults && scenario.crashes > 0 && chance(0.2) ? Int(between(0, 3)) : nil
        agenda.add(.start(dyingAfter: commits), at: now + pause)
    }

    /// Ends the task that waits for a request; its result is ignored.
    func finish(_ flight: InFlightRequest) {
        flight.isOver = true
        let error = TransportError(arrival: .perhaps, kind: .cut, message: "the process is gone")
        flight.held.continuation.resume(returning: .failure(error))
    }

    /// Runs one pass of the dispatcher's loop.
    func turn(_ daemon: SimulatedDaemon) async {
        let settled = outcomes
        outcomes = []
        do {
            try await daemon.dispatcher.settle(settled, now: clockNow)
            alarm = try await daemon.dispatcher.tick(now: clockNow)
        } catch is StoreError {
            alarm = clockNow + .seconds(5)
        } catch {
            await launch(daemon)
            outcomes = settled
            await crash("the process dies between two transactions")
            return
        }
        await launch(daemon)
        look(at: daemon)
    }

    /// Records whether the page may send. If it may not, plans a reload by the operator.
    func look(at daemon: SimulatedDaemon) {
        guard let account = daemon.limiters.all.first else { return }
        if fullDisk { block(from: clockNow, to: clockNow + .minutes(1)) }
        if let until = account.pausedUntil { block(from: clockNow, to: until) }
        if account.stopped != nil {
            if stoppedAt == nil { note(nil, "the page is stopped: \(account.stopped ?? "")") }
            stoppedAt = stoppedAt ?? clockNow
            guard !isReloadPlanned else { return }
            isReloadPlanned = true
            agenda.add(.reload, at: now + between(10 * Self.minute, 6 * Self.hour))
        } else if daemon.store.hold != nil {
            stoppedAt = stoppedAt ?? clockNow
        } else if let since = stoppedAt {
            block(from: since, to: clockNow)
            stoppedAt = nil
        }
    }

    func block(from: Instant, to: Instant) {
        guard from <= to else { return }
        if let last = blocked.last, last.contains(from) {
            blocked[blocked.count - 1] = last.lowerBound...max(last.upperBound, to)
        } else {
            blocked.append(from...to)
        }
    }

    func reload() async {
        guard let daemon else { return }
        switch await daemon.adopter.adopt(.reload) {
        case .adopted:
            files.adopted(daemon.hashes, at: clockNow)
            daemon.limiters.restart()
            daemon.wake()
            note(nil, "reloaded")
        case .refused(let problems):
            if daemon.crashPoint.isDead {
                await crash("the process dies while it reloads")
            } else if fullDisk {
                agenda.add(.reload, at: now + 10 * Self.minute)
            } else {
                fail(nil, "the files are refused: \(problems)")
            }
        }
    }
}
