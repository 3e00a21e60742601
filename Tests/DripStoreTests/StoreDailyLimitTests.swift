import DripCore
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
        try await state.take(.message("2"), now: now + .hours(24))
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
        let waits = explanation.ways.compactMap(\.forecast).flatMap(\.steps).flatMap(\.waits)
        #expect(waits.first == ForecastWait(reason: .day, from: now + .hours(2), until: now + .hours(25)))
    }

    @Test func `without a limit all goes`() async throws {
        let state = try await limited(to: nil)
        #expect(try await state.claim(now: now + .hours(3)).count == 3)
    }

    /// Three sequences that a message starts, with one step each: after one, two and three hours.
    private func limited(to messages: Int?) async throws -> TemporaryStore {
        let state = try await TemporaryStore()
        let sequences = (1...3).map { hour in
            DripSequence.make("s\(hour)", steps: [.text("one", hour, .hour)])
        }
        var catalog = Catalog(zone: .hoChiMinh, sequences: sequences)
        catalog.dailyLimit = messages.map(DailyLimit.init)
        _ = try await state.store.adopt(catalog, versions: [], plan: nil, now: now)
        try await state.take(.message("1"), now: now)
        return state
    }
}
