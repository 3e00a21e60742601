import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

@Suite struct StoreExplainTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    @Test func `past and future of somebody under way`() async throws {
        let state = try await TemporaryStore([.make(steps: .care) { $0.stop = [.replied] }])
        try await state.ingest(.message("1"), now: now)
        try await state.send(now: due)
        let explanation = try await state.store.explain("5678", now: due)
        #expect(explanation.zone == "Asia/Ho_Chi_Minh")
        #expect(explanation.person.underWay == ["care"])
        let way = try #require(explanation.enrollments.first)
        #expect(way.enrollment.deliveries.map(\.step) == ["hello"])
        let forecast = try #require(way.forecast)
        #expect(forecast.steps.map(\.step) == ["day", "week"])
        #expect(forecast.steps.map(\.verdict) == [.sent, .skipped])
        #expect(forecast.stop == ["replied"])
        #expect(forecast.end == .finished)
    }

    @Test func `a way that is over has no future`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: now)
        _ = try await state.store.stop("5678", sequence: nil, now: now + .minutes(1))
        let explanation = try await state.store.explain("5678", now: due)
        #expect(explanation.person.stoppedAt == now + .minutes(1))
        #expect(explanation.enrollments.map(\.forecast) == [nil])
        #expect(explanation.enrollments.map(\.enrollment.endReason) == ["stopped"])
    }

    @Test func `a message on its way is said to be`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: now)
        _ = try await state.claim(now: due)
        let way = try #require(try await state.store.explain("5678", now: due).enrollments.first)
        #expect(way.forecast?.steps.map(\.verdict) == [.sending, .sent, .skipped])
    }

    @Test func `somebody who is introduced is known before they write`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.store.upsertPerson(
            "1",
            account: state.account,
            attributes: ["full_name": "Lan", "city": "Huế"],
            tags: ["vip"],
            zone: .berlin,
            now: now
        )
        let person = try await state.store.person("1").summary
        #expect(person.attributes == ["full_name": "Lan", "city": "Huế"])
        #expect((person.tags, person.zone, person.firstMessageAt) == (["vip"], "Europe/Berlin", nil))
        #expect(try await state.store.status().people == 1)
        try await state.ingest(.message("1", from: "1"), now: now)
        #expect(try await state.store.explain("1", now: now).enrollments.map(\.zone) == ["Europe/Berlin"])
        #expect(try await state.store.status().people == 1)
    }

    @Test func `nobody is explained who is not known`() async throws {
        let state = try await TemporaryStore()
        await #expect(throws: PersonError.unknown("1")) { try await state.store.explain("1", now: now) }
    }
}
