import ControlAPI
import DripCore
import DripStore
import TestSupport

/// Checks of how steps ended.
extension Checker {
    func check(_ row: LedgerRows.Delivery, of way: LedgerRows.Way, after earlier: Instant) throws {
        let name = "\(row.step) of \(way.sequence)"
        let key = key(way, row.step, row.part)
        switch row.state {
        case "sent":
            let identity = try identity(row.step, way)
            let ids = (0...row.part).flatMap { part in
                accepted[Part(way: way.id, identity: identity, part: part)]?.map(\.messageID) ?? []
            }
            // If the operator said that it arrived, its message id is not known.
            let named = (0...row.part).flatMap { part in
                world.decisions[self.key(way, row.step, part)] == .sent
                    ? [] : accepted[Part(way: way.id, identity: identity, part: part)]?.map(\.messageID) ?? []
            }
            // An echo may tell a restored state about messages that were sent after the backup.
            if !world.restores.isEmpty, isShown(row, way) { return }
            guard ids == row.messageIDs || named == row.messageIDs, ids.count == row.part + 1 else {
                throw failure(way.address, "\(name) is sent as \(row.messageIDs), the platform has \(ids)")
            }
            let parts = Self.parts["\(way.sequence) \(row.step)"] ?? 1
            guard ids.count == parts else {
                throw failure(way.address, "\(name) is sent with \(ids.count) of \(parts) parts")
            }
        case "in_doubt":
            if world.echoed[key] != nil { throw failure(way.address, "\(name) is in doubt, and its echo has come") }
            // It is not known whether a dead process sent the jobs that it had claimed.
            let isOfEarlierLife = row.reason == "dripd ended before the answer came" && world.starts.contains(row.at)
            if !isOfEarlierLife, !world.uncertain.contains(key) {
                throw failure(way.address, "\(name) is in doubt: \(row.reason ?? "")")
            }
        case "failed":
            // An edit removed the step while one of its parts was in doubt.
            let isHalf = row.reason?.hasPrefix("the remaining parts were not sent") ?? false
            if world.errors[key] == nil, !isHalf { throw failure(way.address, "\(name) failed: \(row.reason ?? "")") }
        case "skipped": try checkSkip(row, name, way, after: earlier)
        default: throw failure(way.address, "\(name) is \(row.state)")
        }
    }

    /// Whether the platform has each part under the message id in the delivery row, regardless of when it was sent.
    private func isShown(_ row: LedgerRows.Delivery, _ way: LedgerRows.Way) -> Bool {
        guard row.messageIDs.count == row.part + 1 else { return false }
        return row.messageIDs.enumerated().allSatisfy { part, id in
            world.platform.accepted.contains { $0.messageID == id && $0.key == key(way, row.step, part) }
        }
    }

    func checkSkip(
        _ row: LedgerRows.Delivery,
        _ name: String,
        _ way: LedgerRows.Way,
        after earlier: Instant
    ) throws {
        // For anonymous comments, the platform's log has another address.
        if way.address.hasPrefix("comment:") { return }
        // A resolved delivery keeps the time at which it came to be in doubt.
        let until = world.uncertain.contains(key(way, row.step, row.part)) ? world.clockNow : row.at
        let facts = (factsByPerson[way.address] ?? []).filter { $0.taken.map { $0.clock <= until } ?? false }
        var unjustified: Failure {
            failure(way.address, "\(name) was skipped at \(row.at): \(row.reason ?? "no reason")")
        }
        switch row.reason {
        case "stopped":
            // Also because of a stop that a restored copy does not have: the suppression list beside it has it.
            let isStopped = (factsByPerson[way.address] ?? []).contains {
                $0.stopped.map { $0.clock <= until } ?? false
            }
            if !isStopped, !world.endedByHand.contains("\(way.address) \(way.sequence)") { throw unjustified }
        case SkipReason.byOperator.rawValue:
            if world.decisions[key(way, row.step, row.part)] != .skip { throw unjustified }
        case "restored":
            let pull = SimulatedFiles.pull["\(way.sequence) \(row.step)"] ?? .zero
            if !world.holds.contains(where: { row.scheduled - pull <= $0 }) { throw unjustified }
        case "replied", "tagged", "other_sequence":
            if !facts.contains(where: { $0.isReply && $0.believed ?? way.anchor > way.anchor }) { throw unjustified }
        case "unreachable":
            // A private reply, which goes to a comment, may also find this out.
            let keys = (waysByPerson[way.address] ?? []).map { "dripd/simulated/\($0.id)/" }
            let isRefused = world.errors.contains { key, codes in
                codes.contains(551) && keys.contains { key.hasPrefix($0) }
            }
            if !isRefused { throw unjustified }
        case "human_took_over":
            if !facts.contains(where: \.isByTeam) { throw unjustified }
        case "same_sequence":
            if way.sequence != "game" { throw unjustified }
        case "daily_limit" where world.scenario.dailyLimit == nil: throw unjustified
        case "late", "window_closed", "daily_limit", "gap":
            let patience = max(
                Self.late[way.sequence] ?? .hours(24),
                SimulatedFiles.patience["\(way.sequence) \(row.step)"] ?? .zero
            )
            let isUtility = SimulatedFiles.utility.contains("\(way.sequence) \(row.step)")
            // A template needs no window, unless the platform refuses it or the person only commented.
            if isUtility, row.reason == "window_closed", facts.contains(where: \.opensWindow),
                world.errors[key(way, row.step, row.part)]?.contains(10) != true
            {
                throw unjustified
            }
            if row.reason == "late", row.at <= row.scheduled + patience { throw unjustified }
            // After a change of the clock, the times of the log and the database are hard to compare. An error may be the reason.
            guard world.clockSteps.isEmpty, world.errors[key(way, row.step, row.part)] == nil,
                world.errors[way.address]?.contains(where: { [10, 551].contains($0) }) != true
            else { return }
            // An edit may move a step into the past, where it is late at once.
            guard try isStable(identity(row.step, way), way) else { return }
            // The step was sent before and its delivery in doubt was resolved, or a restore has undone its time.
            guard !world.uncertain.contains(key(way, row.step, row.part)),
                !world.holds.contains(where: { row.scheduled <= $0 + .days(1) })
            else { return }
            // A sync may have found the enrollment's cause, long after it happened.
            let known = facts.filter { $0.believed == way.anchor }.compactMap { $0.taken?.clock }.min() ?? way.anchor
            let from = max(row.scheduled, earlier, known)
            let last = min(row.at, row.scheduled + patience)
            if let chance = chance(facts, way, isUtility: isUtility, from: from, until: last) {
                throw failure(
                    way.address,
                    "\(name) was skipped at \(row.at), \(row.reason ?? ""), and could have gone out from \(chance) on"
                )
            }
        default: throw unjustified
        }
    }
}
