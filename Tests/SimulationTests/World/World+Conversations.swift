import Channels
import DripCore
import DripStore
import Foundation

@testable import DripEngine

/// The daemon reads conversations to resolve deliveries in doubt, and to find messages whose webhooks were lost.
extension World {
    /// Begins a round of an errand, unless one is under way.
    func begin(_ errand: BackgroundTask) async {
        guard let daemon, owns(daemon, errand), stands[errand.name] == nil else { return }
        // Without a delivery in doubt there is nothing to look up: `noteDoubt` schedules the next round.
        if errand === daemon.looking, await doubts(daemon).isEmpty { return }
        if errand === daemon.catchingUp { walkBegan = clockNow }
        await follow(errand, of: daemon) { errand.begin() }
    }

    /// Schedules a read of the conversation of a message in doubt, for the end of its settling time.
    func noteDoubt() {
        guard let daemon else { return }
        agenda.add(.errand(daemon.looking), at: now + InDoubtDelivery.settling.milliseconds + 1000)
    }

    private func owns(_ daemon: SimulatedDaemon, _ errand: BackgroundTask) -> Bool {
        errand === daemon.looking || errand === daemon.catchingUp
    }

    /// Lets an errand continue until it stops again. Nothing else happens meanwhile, so it caused every change.
    func follow(_ errand: BackgroundTask, of daemon: SimulatedDaemon, _ go: () -> Void) async {
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
            // The same pace as `ConversationPace`.
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
            } else if let next = await nextCheck(daemon) {
                agenda.add(.errand(errand), at: max((next - skew).milliseconds, now + Self.minute))
            }
        }
    }

    /// Six hours instead of the program's one, because a run has many rounds.
    private static let catchUpInterval = 6 * hour

    func goOn(_ errand: BackgroundTask) async {
        guard let daemon, owns(daemon, errand), case .waits(_, let continuation)? = stands[errand.name] else { return }
        await follow(errand, of: daemon) { continuation.resume(returning: true) }
    }

    /// Sends a question to the platform.
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

    /// Gives the answer to the daemon.
    func told(_ question: Question) async {
        guard let daemon, owns(daemon, question.errand), let answer = question.answer else { return }
        conversationTurn = max(conversationTurn, now)
        await follow(question.errand, of: daemon) { question.continuation.resume(returning: answer) }
    }

    /// Ends the stopped errands of a process that is gone.
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

    // MARK: Results

    private func doubts(_ daemon: SimulatedDaemon) async -> [DoubtRow] {
        do {
            return try await DoubtRow.all(daemon.store)
        } catch {
            fail(nil, "the doubts cannot be read: \(error)")
            return []
        }
    }

    private func nextCheck(_ daemon: SimulatedDaemon) async -> Instant? {
        guard let account = daemon.limiters.all.first else { return nil }
        return try? await daemon.store.nextCheck(account: account.id, settling: InDoubtDelivery.settling)
    }

    /// Checks that a message is in the platform's log exactly if the daemon found that it arrived.
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

    /// Whether the platform has accepted a message of the current state, not of one that a restore has undone.
    func isKnown(_ key: String) -> Bool {
        platform.accepted.contains { $0.key == key && !isUndone($0.messageID) }
    }

    /// Records the messages that the sync has found.
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
