import ControlAPI
import DripCore
import GRDB
import TestSupport
import Testing

@testable import DripStore

@Suite struct StoreDailyLimitTests {
    private let now = Instant.start

    @Test func `over all sequences, more than the limit waits for the next day, and goes then`() async throws {
        let state = try await limited(to: 2)
        for hour: Int64 in 1...3 { try await state.send(as: "m_\(hour)", now: now + .hours(hour)) }
        #expect(try await state.ledger() == ["one sent", "one sent"])
        let waiting = try await state.store.jobs([.waiting], limit: 9)
        #expect(waiting.map(\.waitingFor) == ["day"])
        #expect(waiting.map(\.due) == [now + .hours(25)])
        try await state.ingest(.message("2"), now: now + .hours(24))
        try await state.send(as: "m_4", now: now + .hours(25))
        #expect(try await state.ledger() == ["one sent", "one sent", "one sent"])
    }

    @Test func `what is on its way counts, so that a batch of one moment does not pass it`() async throws {
        let state = try await limited(to: 1)
        #expect(try await state.claim(now: now + .hours(3)).count == 1)
    }

    @Test func `what is on its way since an earlier look counts as well`() async throws {
        let state = try await limited(to: 1)
        #expect(try await state.claim(now: now + .hours(1)).count == 1)
        #expect(try await state.claim(now: now + .hours(2)).isEmpty)
    }

    @Test func `explain tells what it waits for`() async throws {
        let state = try await limited(to: 1)
        for hour: Int64 in 1...2 { try await state.send(as: "m_\(hour)", now: now + .hours(hour)) }
        let explanation = try await state.store.explain(Event.testPerson, now: now + .hours(2))
        let waits = explanation.enrollments.compactMap(\.forecast).flatMap(\.steps).flatMap(\.waits)
        #expect(waits.first == ForecastWait(reason: .day, from: now + .hours(2), until: now + .hours(25)))
    }

    @Test func `what is in doubt counts, so that the second waits for the day`() async throws {
        let state = try await limited(to: 1)
        let first = try #require(try await state.claim(now: now + .hours(1)).first)
        try await state.record(.inDoubt(why: "no answer"), of: first, now: now + .hours(1) + .seconds(20))
        #expect(try await state.claim(now: now + .hours(2)).isEmpty)
        let waiting = try await state.store.jobs([.waiting], limit: 9).filter { $0.waitingFor == "day" }
        #expect(waiting.map(\.due) == [now + .hours(25)])
    }

    @Test func `of those that wait for one moment, the one that was wanted first goes first`() async throws {
        // The one that was enrolled first is wanted last.
        let state = try await limited(to: 1, hours: [3, 2, 1])
        for hour: Int64 in 1...3 { try await state.send(as: "m_\(hour)", now: now + .hours(hour)) }
        #expect(try await state.store.jobs([.waiting], limit: 9).map(\.due) == [now + .hours(25), now + .hours(25)])
        try await state.ingest(.message("2"), now: now + .hours(25))
        var sent: [String] = []
        for millisecond: Int64 in 0...2 {
            let moment = now + .hours(25) + Milliseconds(millisecond)
            for claim in try await state.claim(now: moment) {
                sent.append(claim.job.enrollment.sequence)
                try await state.record(.accepted(messageID: "m_4"), of: claim, now: moment)
            }
        }
        #expect(sent == ["s2"])
        #expect(try await state.store.jobs([.waiting], limit: 9).map(\.due) == [now + .hours(49)])
    }

    @Test func `a step that the limit held until it was too late, or the window had closed, names the limit`()
        async throws
    {
        let steps: [Step] = [.text("a", 1, .hour), .text("b", 2, .hour), .text("c", 3, .hour)]
        let state = try await started([.make(steps: steps)], limit: 1)
        for hour: Int64 in 1...80 { try await state.send(as: "m_\(hour)", now: now + .hours(hour)) }
        #expect(try await state.ledger() == ["a sent", "b skipped daily_limit", "c skipped daily_limit"])
    }

    @Test func `once it was tried, and refused for now, the limit holds it no more`() async throws {
        let state = try await started([.make(steps: [.text("a", 1, .hour), .text("b", 2, .hour)])], limit: 1)
        for hour: Int64 in 1...2 { try await state.send(as: "m_\(hour)", now: now + .hours(hour)) }
        #expect(try await heldBy(state) == "day")
        try await state.ingest(.message("2"), now: now + .hours(24))
        let claim = try #require(try await state.claim(now: now + .hours(25)).first)
        try await state.record(.refused(.retry), of: claim, now: now + .hours(25))
        #expect(try await heldBy(state) == nil)
    }

    @Test func `explain foretells what the limit does, over all sequences`() async throws {
        let state = try await limited(to: 1)
        let explanation = try await state.store.explain(Event.testPerson, now: now + .minutes(1))
        let steps = explanation.enrollments.compactMap(\.forecast).flatMap(\.steps)
        #expect(steps.map(\.verdict) == [.sent, .skipped, .skipped])
        #expect(steps.map(\.reason) == [nil, "daily_limit", "daily_limit"])
        #expect(steps[1].waits.map(\.reason) == [.day, .window])
    }

    @Test func `without a limit all goes`() async throws {
        let state = try await limited(to: nil)
        #expect(try await state.claim(now: now + .hours(3)).count == 3)
    }

    private func heldBy(_ state: TemporaryStore) async throws -> String? {
        try await state.store.pool.read { try $0.row("SELECT held_by FROM job", [])?["held_by"] }
    }

    /// Sequences that a message starts, with one step each, after so many hours; they are enrolled in this order.
    private func limited(to messages: Int?, hours: [Int] = [1, 2, 3]) async throws -> TemporaryStore {
        let sequences = hours.enumerated().map { index, hour in
            DripSequence.make("s\(index + 1)", steps: [.text("one", hour, .hour)])
        }
        return try await started(sequences, limit: messages)
    }

    private func started(_ sequences: [DripSequence], limit: Int?) async throws -> TemporaryStore {
        let state = try await TemporaryStore()
        let settings = CatalogSettings(dailyLimit: limit.map(DailyLimit.init))
        let catalog = Catalog(zone: .hoChiMinh, sequences: sequences).with(settings)
        _ = try await state.store.adopt(catalog, versions: [], plan: nil, now: now)
        try await state.ingest(.message("1"), now: now)
        return state
    }
}
