import ControlAPI
import DripCore
import DripStore
import Foundation
import TestSupport

@testable import DripEngine

/// The operator: resolves deliveries in doubt, tags, enrolls and stops people.
extension World {
    func operate() async {
        guard let daemon else { return }
        let person = "p\(between(1, Int64(scenario.people)))"
        do {
            switch between(0, 9) {
            case 0...3: try await decide(daemon)
            case 4...5: try await tag(person, with: "ordered", daemon)
            case 6: try await tag(person, with: "interested", daemon)
            case 7:
                _ = try await daemon.store.untag([person], of: chance(0.5) ? "ordered" : "interested")
                note(person, "the operator takes a tag away")
            case 8:
                let sequence = ["care", "order", "gift", "advice"].randomElement(using: &random) ?? "care"
                _ = try await daemon.store.stop(person, sequence: sequence, now: clockNow)
                note(person, "the operator ends \(sequence)")
                endedByHand.insert("\(person) \(sequence)")
            default:
                guard chance(0.3) else { return }
                _ = try await daemon.store.stop(person, sequence: nil, now: clockNow)
                note(person, "the operator stops everything")
                var fact = RecordedAction(person: person, at: Instant(milliseconds: now))
                fact.isOptOut = true
                (fact.taken, fact.stopped, fact.believed) = ((clockNow, now), (clockNow, now), clockNow)
                facts.append(fact)
            }
            daemon.wake()
        } catch is PersonError {
            note(person, "the operator looks for an unknown person")
        } catch {
            await cannot("do as the operator says", error)
        }
    }

    private func tag(_ person: String, with tag: String, _ daemon: SimulatedDaemon) async throws {
        _ = try await daemon.store.tag([person], with: tag, now: clockNow)
        note(person, "the operator tags: \(tag)")
        tagged.append((person, now))
    }

    /// Resolves a delivery in doubt by the page's inbox, once its request can no longer be in flight.
    private func decide(_ daemon: SimulatedDaemon) async throws {
        let doubts = try await DoubtRow.all(daemon.store).filter { doubt in
            launches.last { $0.summary.key == doubt.key }.map { $0.at < now - 5 * Self.minute } ?? true
        }
        guard let doubt = doubts.randomElement(using: &random) else { return }
        let resolution = chance(0.3) ? Resolution.skip : isKnown(doubt.key) ? .sent : .resend
        do {
            try await daemon.store.resolve(
                doubt.address,
                sequence: doubt.sequence,
                step: doubt.step,
                as: resolution,
                now: clockNow
            )
            // With several rounds, the command resolves the latest.
            guard try await doubt.end(daemon.store) != nil else { return }
            decisions[doubt.key] = resolution
            note(doubt.address, "the operator decides over \(doubt.key): \(resolution)")
        } catch let error as ResolveError {
            note(doubt.address, "the operator cannot decide over \(doubt.key): \(error)")
        }
    }

    /// Handles a failed command of the operator: the disk is full, or the process has died.
    private func cannot(_ what: String, _ error: any Error) async {
        guard let daemon else { return }
        if daemon.crashPoint.isDead {
            await crash("the process dies while it is to \(what)")
        } else if error is StoreError {
            note(nil, "it cannot \(what): the disk is full")
        } else {
            fail(nil, "it cannot \(what): \(error)")
        }
    }

    // MARK: Backups of the state

    func backUp() {
        guard !withoutFaults, lastBackup != nil || daemon != nil else { return }
        let path = directory.path + "/backup.db"
        do {
            _ = try StateBackup.make(of: state, at: path, overwriting: true, now: clockNow) { _ in }
            lastBackup = Backup(path: path, at: now, launches: launches.count)
            note(nil, "a backup is made")
        } catch {
            fail(nil, "no backup can be made: \(error)")
        }
    }

    func restore(byHand: Bool) async {
        guard !withoutFaults, let backup = lastBackup else { return }
        if daemon != nil { await crash("the machine is gone") }
        do {
            if byHand {
                for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: database + suffix) {
                    try FileManager.default.removeItem(atPath: database + suffix)
                }
                try FileManager.default.copyItem(atPath: backup.path, toPath: database)
            } else {
                _ = try StateBackup.restore(backup.path, to: state, stamp: "\(now)") { _ in }
            }
        } catch {
            return fail(nil, "the backup cannot be restored: \(error)")
        }
        note(nil, "the backup is restored\(byHand ? " by hand" : "")")
        restores.append(Restore(from: backup.at, until: now, launches: backup.launches..<launches.count))
        for index in facts.indices {
            if let taken = facts[index].taken, taken.truth > backup.at {
                facts[index].taken = nil
                facts[index].wasUndone = true
            }
            // A stop is not undone, because the suppression list beside the database has it.
        }
        echoed = echoed.filter { $0.value <= backup.at }
    }

    private var database: String { state + "/dripd.db" }

    /// Whether a message was sent after a backup that has been restored since.
    func isUndone(_ messageID: String) -> Bool {
        guard !restores.isEmpty, let launch = origins[messageID] else { return false }
        return isUndone(launch: launch)
    }

    func isUndone(launch: Int) -> Bool { restores.contains { $0.launches.contains(launch) } }

    func noteHold(of daemon: SimulatedDaemon) {
        guard let hold = daemon.store.hold else { return }
        note(nil, "on hold: \(hold.reason)")
        if let noticed = hold.noticedAt { holds.append(noticed) }
        if !withoutFaults { agenda.add(.adoptState, at: now + between(Self.minute, 8 * Self.hour)) }
    }

    func adoptState() async {
        guard let daemon, daemon.store.hold != nil else { return }
        do {
            _ = try await daemon.store.adoptState(sendingMissed: false, now: clockNow)
            note(nil, "the operator adopts the state")
            daemon.wake()
        } catch {
            await cannot("adopt the state", error)
            if self.daemon != nil { agenda.add(.adoptState, at: now + 10 * Self.minute) }
        }
    }
}
