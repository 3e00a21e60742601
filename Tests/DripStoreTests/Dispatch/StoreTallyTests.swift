import ControlAPI
import DripCore
import GRDB
import TestSupport
import Testing

@testable import DripStore

/// A random walk over all that can happen to a state. Whatever came in which order: the sums are what one would count,
/// and everybody under way has one job.
@Suite struct StoreTallyTests {
    @Test(arguments: 0..<12)
    func `the sums are the rows, and nobody under way is forgotten`(seed: UInt64) async throws {
        var walk = try await RandomWalk(seed: seed)
        for _ in 0..<120 { try await walk.step() }
        var status = try await walk.state.store.status()
        status.nextDue = nil
        #expect(status == (try await counted(walk.state)))
        #expect(status.sent > 0)
        // Under way without a job; ended with one; a job whose step is over (one that is held may name it).
        #expect(
            try await count(
                "enrollment LEFT JOIN job ON enrollment = id WHERE ended_at IS NULL AND due IS NULL",
                walk.state
            ) == 0
        )
        #expect(
            try await count(
                "job JOIN enrollment ON id = enrollment WHERE ended_at IS NOT NULL AND claimed_at IS NULL",
                walk.state
            ) == 0
        )
        #expect(
            try await count(
                "job JOIN delivery USING (enrollment, step) WHERE waiting_for IS NOT 'sequence'",
                walk.state
            ) == 0
        )
    }

    private func counted(_ state: TemporaryStore) async throws -> StoreStatus {
        StoreStatus(
            people: try await count("person", state),
            enrolled: try await count("enrollment", state),
            underWay: try await count("enrollment WHERE ended_at IS NULL", state),
            sent: try await count("delivery WHERE state = 'sent'", state),
            skipped: try await count("delivery WHERE state = 'skipped'", state),
            failed: try await count("delivery WHERE state = 'failed'", state),
            inDoubt: try await count("delivery WHERE state = 'in_doubt'", state),
            undecided: try await count("delivery WHERE state = 'in_doubt' AND look_at IS NULL", state),
            nextDue: nil
        )
    }

    private func count(_ rows: String, _ state: TemporaryStore) async throws -> Int {
        try await state.store.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(rows)") ?? -1 }
    }
}

private struct RandomWalk {
    let state: TemporaryStore
    private var random: SeededRandom
    private var now = Instant.start
    private var claims: [Claim] = []
    private var events = 0

    private static let files: [[DripSequence]] = [
        [.make(again: .always, steps: .care), .make("parts", start: [.ref("x")], again: .always, steps: [.parts])],
        [.make(again: .always, steps: [.parts] + .care), .make("parts", start: [.ref("x")], steps: .care)],
        [.make("parts", start: [.ref("x")], again: .always, steps: [.text("day", 20, .hour)])],
        [.make(again: .always, late: LateRule(after: .hours(1), then: .send), steps: Array([Step].care.dropFirst()))],
    ]

    init(seed: UInt64) async throws {
        random = SeededRandom(seed: seed)
        state = try await TemporaryStore(Self.files[0])
    }

    mutating func step() async throws {
        now = now + .minutes(Int64.random(in: 0...300, using: &random))
        let person = "\(Int.random(in: 1...6, using: &random))"
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<5:
            events += 1
            let ref = Bool.random(using: &random) ? "x" : nil
            try await state.ingest(.message("\(events)", from: person, at: now - .minutes(7), ref: ref), now: now)
        case 5..<11: claims += try await state.claim(now: now)
        case 11..<16: try await recordOne()
        case 16: _ = try await state.adopt(Self.files.randomElement(using: &random) ?? [], now: now)
        case 17: try await echo()
        case 18:
            let sequence = ["care", "parts", nil].randomElement(using: &random) ?? nil
            _ = try? await state.store.stop(person, sequence: sequence, now: now)
            _ = try? await state.store.enroll(person, in: "care", again: true, now: now)
        default:
            // The process dies, now and then with messages on their way; their outcomes come too late.
            _ = try await state.store.recover(now: now)
        }
    }

    private mutating func recordOne() async throws {
        guard !claims.isEmpty else { return }
        let claim = claims.remove(at: Int.random(in: 0..<claims.count, using: &random))
        let outcomes: [Outcome] = [
            .accepted(messageID: "m"), .accepted(messageID: "m"), .accepted(messageID: "m"), .inDoubt(why: "timeout"),
            .unsent(why: "no connection"), .refused(.retry), .refused(.person), .refused(.window),
        ]
        try await state.record(outcomes.randomElement(using: &random) ?? outcomes[0], of: claim, now: now)
    }

    private mutating func echo() async throws {
        events += 1
        guard let claim = claims.randomElement(using: &random) else { return }
        let key = DeliveryKey(
            instance: "test",
            enrollment: claim.job.enrollment.id,
            step: claim.job.step,
            part: claim.job.part
        )
        try await state.ingest(.echo("\(events)", of: key), now: now)
    }
}
