import ControlAPI
import DripCore
import DripEngine
import DripStore
import Foundation
import MessengerSandbox
import TestSupport

/// Some people go through a sequence while their daemon is ended again and again, at random moments.
struct CrashRun {
    let kind: CrashKind
    let crashes: Int
    var random: SeededRandom

    private static let people = (1...12).map { "10\(String(format: "%02d", $0))" }
    private static let steps = ["one", "two", "three", "four", "five"]

    /// Hours on the fast clock, so that what happens falls between two crashes as often as into one.
    private static let sequence = """
        sequence: hours
        title: Some hours of care
        start: [first_message]
        steps:
          - {step: one, after: 10 min, text: One}
          - {step: two, after: 40 min, text: Two}
          - {step: three, after: 70 min, text: Three}
          - {step: four, after: 100 min, text: Four}
          - {step: five, after: 130 min, text: Five}
        """

    mutating func run() async throws -> CrashTally {
        let shop = try await Shop(sequences: ["hours.yaml": Self.sequence], scale: 1800)
        let powerLoss = kind == .powerLoss ? try await PowerLoss(in: shop.directory) : nil
        let environment = powerLoss.map { ["LD_PRELOAD": $0.library] } ?? [:]
        try prepareFaults(shop)
        var strangers = Self.people[...]
        for _ in 0..<crashes {
            if Bool.random(using: &random), let person = strangers.popFirst() {
                try shop.sandbox.write(as: person, name: nil, text: "Xin chào", ref: nil)
            }
            if kind == .terminate {
                try await shop.start(environment: environment)
                try await randomMoment()
                let status = await shop.end(SIGTERM)
                guard status == 0 else { throw NotEnded(status: status, log: shop.log) }
            } else {
                // It may hit the start, too: nobody waits for READY here.
                try shop.launch(environment: environment)
                try await randomMoment()
                await shop.end(SIGKILL)
                try powerLoss?.strike(shop.folder + "/state")
            }
        }
        for person in strangers { try shop.sandbox.write(as: person, name: nil, text: "Xin chào", ref: nil) }
        shop.sandbox.clearFaults()
        try await shop.start(environment: environment)
        try await settled(shop)
        let tally = try await tally(shop)
        await shop.end(SIGTERM)
        return tally
    }

    struct NotEnded: Error {
        let status: Int32?
        let log: String
    }

    /// The only wait for time in these tests: when the crash comes is what is random.
    private mutating func randomMoment() async throws {
        try await Task.sleep(for: .milliseconds(Int.random(in: 5...350, using: &random)))
    }

    private func prepareFaults(_ shop: Shop) throws {
        func inject(_ kind: Fault.Kind, _ count: Int) throws {
            try shop.sandbox.inject(Fault(kind: kind, person: nil, count: count))
        }
        switch kind {
        case .kill, .terminate, .powerLoss: break
        case .killWhileAnswersAreLate: try inject(.delay(milliseconds: 200), 100_000)
        case .killAndLostAnswers:
            for _ in 0..<100 {
                try inject(.delay(milliseconds: 0), 4)
                try inject(.lostAnswer, 1)
            }
        case .killAndRefusals:
            for _ in 0..<100 {
                try inject(.delay(milliseconds: 0), 4)
                try inject(.error(code: 2, subcode: nil), 1)
            }
        }
    }

    /// Waits until everybody is through, and what the platform can still tell has been told.
    private func settled(_ shop: Shop) async throws {
        while true {
            let status: Status = try await shop.ask("status")
            if status.sums.enrolled == Self.people.count, status.sums.underWay == 0 { return }
        }
    }

    private func tally(_ shop: Shop) async throws -> CrashTally {
        var tally = CrashTally(crashes: crashes)
        for person in Self.people {
            let arrived = shop.sandbox.messages(after: 0, of: person).filter { $0.direction == .outgoing }
                .compactMap { $0.metadata.flatMap(DeliveryKey.init)?.step }
            let detail: PersonDetail = try await shop.ask("people", "show", person)
            let deliveries = detail.enrollments.flatMap(\.deliveries)
            for step in Self.steps {
                tally.add(
                    arrived: arrived.count { $0 == step },
                    state: deliveries.first { $0.step == step }?.state
                )
            }
        }
        return tally
    }
}
