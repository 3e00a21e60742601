import DripCore
import DripStore
import Foundation

@testable import DripEngine

/// Webhooks to the daemon.
extension World {
    /// Schedules the platform's new webhooks.
    func post(fact: Int?) {
        for letter in platform.takeLetters() {
            let tells = letter.field != "message_reads" && letter.field != "message_deliveries"
            let way = WebhookDelivery(letter, fact: tells ? fact : nil, since: now)
            var delay = between(1, 8) * 250
            if !withoutFaults, chance(scenario.disorder) { delay += between(0, 30) * Self.minute / 10 }
            agenda.add(.post(way), at: now + delay)
            if !withoutFaults, chance(scenario.duplicates) {
                agenda.add(.post(way), at: now + delay + between(0, 20) * 250 * (chance(0.2) ? 1000 : 1))
            }
        }
    }

    /// Posts the events that are due, several at once.
    func deliver() async {
        if !withoutFaults, chance(scenario.disorder) { batch.shuffle(using: &random) }
        while !batch.isEmpty {
            let letters = Array(batch.prefix(8))
            batch.removeFirst(letters.count)
            if await receive(letters) { continue }
            for letter in letters { postAgain(letter) }
        }
    }

    func postAgain(_ letter: WebhookDelivery) {
        letter.tries += 1
        // Like the platform: at once, then less and less often, for 36 hours.
        let pause = min(Int64(5) * 1000 << Int64(min(letter.tries - 1, 10)), Self.hour)
        guard now + pause < letter.since + 36 * Self.hour, withoutFaults || !chance(scenario.lostWebhooks) else {
            note(letter.letter.person, "the webhook \(letter.letter.field) is given up")
            return
        }
        agenda.add(.post(letter), at: now + pause)
    }

    /// Posts events to the daemon.
    /// - Returns: whether the daemon has accepted them.
    func receive(_ letters: [WebhookDelivery]) async -> Bool {
        guard let daemon else { return false }
        let (body, signature) = SimulatedPlatform.batch(letters.map(\.letter))
        do {
            guard case .taken(let report) = try await daemon.intake.receive(body, signature: signature) else {
                fail(letters[0].letter.person, "the webhook is refused: \(String(decoding: body, as: UTF8.self))")
                return true
            }
            for letter in letters { taken(letter) }
            if report.unknownPages > 0 { fail(letters[0].letter.person, "a webhook is of another page") }
            return true
        } catch is StoreError {
            return false
        } catch {
            await crash("the process dies while it takes webhooks")
            return false
        }
    }

    func taken(_ letter: WebhookDelivery) {
        note(letter.letter.person, "webhook \(letter.letter.field) \(letter.letter.key ?? "")")
        if let key = letter.letter.key { echoed[key] = now }
        guard let index = letter.fact else { return }
        if facts[index].isOptOut, facts[index].stopped == nil { facts[index].stopped = (clockNow, now) }
        guard facts[index].taken == nil else { return }
        let at = facts[index].at
        facts[index].taken = (clockNow, now)
        facts[index].believed = at < clockNow - .days(3) ? clockNow : min(at, clockNow)
    }
}
