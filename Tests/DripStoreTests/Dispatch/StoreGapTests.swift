import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

/// The least time between two messages of a sequence to one person.
@Suite struct StoreGapTests {
    private let now = Instant.start
    private let steps: [Step] = [.text("a", 1, .hour), .text("b", 5, .hour), .text("c", 9, .hour)]

    @Test func `what an outage has kept goes out an hour apart`() async throws {
        let state = try await started(.make(steps: steps))
        let back = now + .hours(10)
        try await state.send(as: "m_1", now: back)
        try await state.send(as: "m_2", now: back + .minutes(1))
        #expect(try await state.ledger() == ["a sent"])
        let waiting = try #require(try await state.next())
        #expect((waiting.step, waiting.waitingFor, waiting.due) == ("b", "gap", back + .hours(1)))
        #expect(waiting.scheduled == now + .hours(5))
        try await state.send(as: "m_3", now: back + .hours(1) - .seconds(1))
        #expect(try await state.ledger() == ["a sent"])
        try await state.send(as: "m_4", now: back + .hours(1))
        try await state.send(as: "m_5", now: back + .hours(1))
        try await state.send(as: "m_6", now: back + .hours(2))
        #expect(try await state.ledger() == ["a sent", "b sent", "c sent"])
    }

    @Test func `it counts from when the last message left, in doubt or not, over a restart`() async throws {
        let sequence = DripSequence.make(steps: steps)
        let state = try await started(sequence)
        let back = now + .hours(10)
        #expect(try await state.claim(now: back).count == 1)
        try await state.reopen([sequence], now: back + .minutes(1))
        #expect(try await state.store.recover(now: back + .minutes(30)) == 1)
        #expect(try await state.claim(now: back + .minutes(59)).isEmpty)
        #expect(try await state.claim(now: back + .hours(1)).map(\.job.step) == ["b"])
    }

    @Test func `steps that the file places closer follow each other as closely`() async throws {
        let steps: [Step] = [.text("a", 15, .minute), .text("b", 45, .minute), .text("c", 46, .minute)]
        let state = try await started(.make(steps: steps))
        let back = now + .hours(10)
        for (minutes, sent) in [(0, 1), (29, 1), (30, 2), (31, 3)] as [(Int64, Int)] {
            try await state.send(as: "m_\(minutes)", now: back + .minutes(minutes))
            try await state.send(as: "n_\(minutes)", now: back + .minutes(minutes))
            #expect(try await state.ledger().count == sent)
        }
    }

    @Test func `none switches it off, and so does an edit that does, for who waits`() async throws {
        let free = DripSequence.make(steps: steps) { $0.gap = .zero }
        let state = try await started(free)
        for _ in 1...3 { try await state.send(now: now + .hours(10)) }
        #expect(try await state.ledger() == ["a sent", "b sent", "c sent"])

        let other = try await started(.make(steps: steps))
        for _ in 1...2 { try await other.send(now: now + .hours(10)) }
        #expect(try await other.next()?.waitingFor == "gap")
        _ = try await other.adopt([free], now: now + .hours(10) + .minutes(5))
        for _ in 1...2 { try await other.send(now: now + .hours(10) + .minutes(5)) }
        #expect(try await other.ledger() == ["a sent", "b sent", "c sent"])
    }

    @Test func `an edit that takes the last step away leaves the whole gap`() async throws {
        let steps: [Step] = [.text("a", 1, .hour), .text("b", 70, .minute)]
        let state = try await started(.make(steps: steps))
        try await state.send(now: now + .hours(3))
        _ = try await state.adopt([.make(steps: [steps[1]])], now: now + .hours(3))
        #expect(try await state.claim(now: now + .hours(3) + .minutes(59)).isEmpty)
        #expect(try await state.claim(now: now + .hours(4)).map(\.job.step) == ["b"])
    }

    @Test func `what the gap held is not late by that, and names it where it is late after all`() async throws {
        let late = LateRule(after: .hours(6), then: .skip)
        let steps: [Step] = [.text("a", 1, .hour), .text("b", 2, .hour), .text("c", 3, .hour), .text("d", 4, .hour)]
        let state = try await started(.make(late: late, steps: steps))
        for half: Int64 in 14...30 { try await state.send(as: "m_\(half)", now: now + .minutes(30 * half)) }
        #expect(try await state.ledger() == ["a sent", "b sent", "c sent", "d sent"])
        let other = try await started(.make(late: LateRule(after: .minutes(30), then: .skip), steps: steps))
        for minute: Int64 in 90...400 { try await other.send(as: "m_\(minute)", now: now + .minutes(minute)) }
        #expect(try await other.ledger().first == "a sent")
    }

    @Test func `another sequence is not held by it`() async throws {
        let state = try await TemporaryStore([.make("x", steps: steps), .make("y", steps: steps)])
        try await state.ingest(.message("1"), now: now)
        #expect(try await state.claim(now: now + .hours(1)).count == 2)
    }

    @Test func `explain foretells it`() async throws {
        let state = try await started(.make(steps: steps))
        let back = now + .hours(10)
        try await state.send(now: back)
        let way = try #require(try await state.store.explain(Event.testPerson, now: back).enrollments.first)
        let coming = try #require(way.forecast).steps
        #expect(coming.map(\.step) == ["b", "c"])
        #expect(coming.map(\.at) == [back + .hours(1), back + .hours(2)])
        #expect(
            coming.flatMap(\.waits) == [
                ForecastWait(reason: .gap, from: back, until: back + .hours(1)),
                ForecastWait(reason: .gap, from: back + .hours(1), until: back + .hours(2)),
            ]
        )
    }

    private func started(_ sequence: DripSequence) async throws -> TemporaryStore {
        let state = try await TemporaryStore([sequence])
        try await state.ingest(.message("1"), now: now)
        return state
    }
}
