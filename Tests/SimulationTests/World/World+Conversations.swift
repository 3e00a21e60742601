import Channels
import DripCore
import DripStore
import Foundation

@testable import DripEngine

/// The daemon reads conversations: to end doubts, and to find what no webhook brought.
extension World {
    /// Begins a round, unless one is under way.
    func begin(_ errand: Errand) async {
        guard let daemon, owns(daemon, errand), stands[errand.name] == nil else { return }
        // What nobody is in doubt of needs no look: `noteDoubt` asks for the next one.
        if errand === daemon.looking, await doubts(daemon).isEmpty { return }
        if errand === daemon.catchingUp { walkBegan = clockNow }
        await follow(errand, of: daemon) { errand.begin() }
    }

    /// A message is in doubt: its conversation is looked at as soon as it has settled.
    func noteDoubt() {
        guard let daemon else { return }
        agenda.add(.errand(daemon.looking), at: now + Doubt.settling.milliseconds + 1000)
    }

    private func owns(_ daemon: SimulatedDaemon, _ errand: Errand) -> Bool {
        errand === daemon.looking || errand === daemon.catchingUp
    }

    /// Lets it go on until it stands still again. Nothing else happens meanwhile: what has changed, this has changed.
    func follow(_ errand: Errand, of daemon: SimulatedDaemon, _ go: () -> Void) async {
        let before = errand === daemon.looking ? await doubts(daemon) : []
        stands[errand.name] = nil
        go()
        let stop = await errand.next()
        if errand === daemon.looking {
            await checkEnds(of: before, daemon)
        } else {
            await noteCaughtUp(daemon)
        }
        switch stop {
        case .asks(let request, let continuation):
            stands[errand.name] = stop
            // As `ConversationPace` lets them through.
            conversationTurn = max(conversationTurn + 500, now + between(1, 6) * 20)
            agenda.add(.ask(Question(errand, request, continuation)), at: conversationTurn)
        case .waits(let duration, _):
            stands[errand.name] = stop
            agenda.add(.goOn(errand), at: now + duration.components.seconds * 1000)
        case .isOver(let error):
            let outage = error is StoreError
            if error != nil, !outage { return await crash("the process dies while it \(errand.name)") }
            if errand === daemon.looking, !outage { lookOutages = 0 }
            if errand === daemon.catchingUp {
                agenda.add(.errand(errand), at: now + Self.catchUpInterval)
            } else if outage {
                lookOutages += 1
                agenda.add(.errand(errand), at: now + Backoff.look(after: lookOutages).milliseconds)
            } else if let next = await nextLook(daemon) {
                agenda.add(.errand(errand), at: max((next - skew).milliseconds, now + Self.minute))
            }
        }
    }

    /// Six hours, and not one as in the program: a run has many of them.
    private static let catchUpInterval = 6 * hour

    func goOn(_ errand: Errand) async {
        guard let daemon, owns(daemon, errand), case .waits(_, let continuation)? = stands[errand.name] else { return }
        await follow(errand, of: daemon) { continuation.resume(returning: true) }
    }

    /// A question reaches the platform.
    func ask(_ question: Question) {
        guard daemon.map({ owns($0, question.errand) }) ?? false else { return }
        let back = between(1, 6) * 50
        let timeout: Int64 = 30_000
        func lost(_ arrival: TransportError.Arrival) -> Result<HTTPResponse, TransportError> {
            .failure(TransportError(arrival: arrival, kind: .timeout, message: "timeout"))
        }
        if !withoutFaults, chance(scenario.lostRequests + scenario.lostAnswers) {
            question.answer = lost(.perhaps)
            return agenda.add(.told(question), at: now + timeout)
        }
        if !withoutFaults, chance(scenario.junkAnswers) {
            let junk = HTTPResponse(status: 502, headers: HTTPResponseHeaders(), body: Array("<html>".utf8))
            question.answer = .success(junk)
        } else {
            let fault =
                !withoutFaults && chance(scenario.errors) ? PlatformFault.classes.randomElement(using: &random) : nil
            question.answer = .success(platform.answer(question.request, fault: fault, now: now))
        }
        agenda.add(.told(question), at: now + back + (chance(scenario.slowAnswers) ? between(20, 10_000) : 0))
    }

    /// And its answer the daemon.
    func told(_ question: Question) async {
        guard let daemon, owns(daemon, question.errand), let answer = question.answer else { return }
        conversationTurn = max(conversationTurn, now)
        await follow(question.errand, of: daemon) { question.continuation.resume(returning: answer) }
    }

    /// The process is gone: whatever stands still ends.
    func abandonErrands(of daemon: SimulatedDaemon) async {
        for errand in [daemon.looking, daemon.catchingUp] {
            var stop = stands.removeValue(forKey: errand.name)
            while let standing = stop {
                switch standing {
                case .asks(_, let continuation):
                    let gone = TransportError(arrival: .perhaps, kind: .cut, message: "the process is gone")
                    continuation.resume(returning: .failure(gone))
                case .waits(_, let continuation): continuation.resume(returning: false)
                case .isOver: break
                }
                if case .isOver = standing { stop = nil } else { stop = await errand.next() }
            }
        }
    }

    // MARK: What came of it

    private func doubts(_ daemon: SimulatedDaemon) async -> [DoubtRow] {
        do {
            return try await DoubtRow.all(daemon.store)
        } catch {
            fail(nil, "the doubts cannot be read: \(error)")
            return []
        }
    }

    private func nextLook(_ daemon: SimulatedDaemon) async -> Instant? {
        guard let lane = daemon.lanes.all.first else { return nil }
        return try? await daemon.store.nextLook(lane: lane.id, settling: Doubt.settling)
    }

    /// What is said to have arrived must stand in the platform's log, and what is said not to have must not.
    private func checkEnds(of doubts: [DoubtRow], _ daemon: SimulatedDaemon) async {
        for doubt in doubts {
            guard let end = try? await doubt.end(daemon.store) else { continue }
            let arrived = isKnown(doubt.key)
            note(doubt.address, "\(doubt.key) is no longer in doubt: \(end)")
            doubtsEnded["\(end)", default: 0] += 1
            if end == .arrived, !arrived { fail(doubt.address, "\(doubt.key) is said to have arrived, and did not") }
            if end == .absent, arrived { fail(doubt.address, "\(doubt.key) is said not to have arrived, and did") }
        }
    }

    /// Whether the platform has taken it: as a message of this state, and not of one that a restore has undone.
    func isKnown(_ key: String) -> Bool {
        platform.accepted.contains { $0.key == key && !isUndone($0.messageID) }
    }

    /// Takes note of what the walk found.
    private func noteCaughtUp(_ daemon: SimulatedDaemon) async {
        let missing = facts.indices.filter { facts[$0].taken == nil && facts[$0].messageID != nil }
        guard !missing.isEmpty else { return }
        do {
            let known = try await CaughtUp.times(daemon.store, missing.compactMap { facts[$0].messageID })
            for index in missing {
                guard let id = facts[index].messageID, let at = known[id] else { continue }
                note(facts[index].person, "the walk finds \(id)")
                facts[index].taken = (walkBegan, now)
                facts[index].believed = at
                caughtUp += 1
                if facts[index].isOptOut, !facts[index].isTap { facts[index].stopped = (walkBegan, now) }
            }
        } catch {
            fail(nil, "the events cannot be read: \(error)")
        }
    }
}
