import Channels
import DripCore
import DripStore

@testable import DripEngine

/// Requests to the platform.
extension World {
    /// Takes the dispatcher's new requests in a deterministic order, and decides the result of each.
    func launch(_ daemon: SimulatedDaemon) async {
        flights.removeAll(where: \.isOver)
        let new = daemon.dispatcher.inFlight - flights.count
        guard new > 0 else { return }
        if crashesInFlight {
            crashesInFlight = false
            agenda.add(.crash, at: now + between(0, 400))
        }
        let held = await network.take(new)
        let launched = held.map { ($0, RequestSummary($0.request)) }.sorted { $0.1.key < $1.1.key }
        for (held, summary) in launched {
            let flight = InFlightRequest(held, summary, launch: launches.count)
            flights.append(flight)
            if let hold = daemon.store.hold {
                fail(summary.recipient, "\(summary.key) left while nothing may be sent: \(hold.reason)")
            }
            launches.append(
                SentRequest(at: now, clock: clockNow, summary: flight.summary, versions: files.versions.count)
            )
            send(flight)
        }
    }

    func send(_ flight: InFlightRequest) {
        let there = between(1, 6) * 20
        let back = between(1, 6) * 50
        let timeout = Int64(flight.held.request.timeLimits.totalMilliseconds)
        note(flight.summary.recipient, "request \(flight.summary.key) \(flight.summary.text ?? "")")
        func lost(
            _ kind: TransportError.Kind,
            _ arrival: TransportError.Arrival
        ) -> Result<HTTPResponse, TransportError> {
            .failure(TransportError(arrival: arrival, kind: kind, message: kind.rawValue))
        }
        guard !withoutFaults else {
            agenda.add(.arrive(flight), at: now + there)
            agenda.add(.answer(flight), at: now + there + back)
            return
        }
        if chance(scenario.refusedConnections) {
            flight.answer = lost(.connect, .certainlyNot)
            agenda.add(.answer(flight), at: now + back)
        } else if chance(scenario.lostRequests) {
            flight.answer = lost(.timeout, .perhaps)
            agenda.add(.answer(flight), at: now + timeout)
        } else if chance(scenario.lostAnswers) {
            flight.answer = lost(.timeout, .perhaps)
            // Some requests arrive only after the daemon's timeout.
            agenda.add(.arrive(flight), at: now + (chance(0.1) ? timeout + between(1, 60) * 1000 : there))
            agenda.add(.answer(flight), at: now + (chance(0.5) ? timeout : there + back))
        } else if chance(scenario.junkAnswers) {
            let status = [502, 504, 503, 429].randomElement(using: &random) ?? 502
            flight.answer = .success(
                HTTPResponse(status: status, headers: HTTPResponseHeaders(), body: Array("<html>".utf8))
            )
            // With 503 and 429, the platform never gets the request.
            if status == 502 || status == 504, Bool.random(using: &random) {
                agenda.add(.arrive(flight), at: now + there)
            }
            agenda.add(.answer(flight), at: now + there + back)
        } else {
            for fault in PlatformFault.classes where chance(scenario.errors) {
                flight.fault = fault
                break
            }
            let slow = chance(scenario.slowAnswers)
            let arrival = slow ? between(20, 15_000) : there
            agenda.add(.arrive(flight), at: now + arrival)
            agenda.add(.answer(flight), at: now + arrival + (slow ? between(20, 10_000) : back))
        }
    }

    func arrive(_ flight: InFlightRequest) {
        // If the process is gone, some of its requests were never sent or got lost.
        if flight.isOver, chance(0.5) { return }
        let accepted = platform.accepted.count
        let response = platform.answer(flight.held.request, flight.summary, fault: flight.fault, now: now)
        for message in platform.accepted[accepted...] { origins[message.messageID] = flight.launch }
        note(flight.summary.recipient, "the platform answers \(flight.summary.key) with \(response.status)")
        if flight.answer == nil { flight.answer = .success(response) }
        post(fact: nil)
    }

    func answer(_ flight: InFlightRequest) async {
        guard !flight.isOver, let daemon else { return }
        guard let answer = flight.answer else { return fail(flight.summary.recipient, "no answer is laid ready") }
        flight.isOver = true
        flight.held.continuation.resume(returning: answer)
        let news = await daemon.dispatcher.mailbox.next()
        for (claim, outcome) in news.outcomes {
            note(flight.summary.recipient, "outcome of \(flight.summary.key): \(outcome)")
            if case .inDoubt = outcome {
                uncertain.insert(flight.summary.key)
                noteDoubt()
            }
            if case .refused(let refusal) = outcome {
                let code = Int(refusal.code.prefix { $0.isNumber }) ?? 0
                errors[flight.summary.key, default: []].append(code)
                errors[flight.summary.recipient, default: []].append(code)
            }
            outcomes.append((claim, outcome))
        }
    }
}
