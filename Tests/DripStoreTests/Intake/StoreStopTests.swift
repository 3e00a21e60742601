import ControlAPI
import DripCore
import DripStore
import TestSupport
import Testing

@Suite struct StoreStopTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    @Test func `it ends all enrollments, and new ones do not begin`() async throws {
        let state = try await TemporaryStore([.make("a", steps: .care), .make("b", again: .always, steps: .care)])
        try await state.ingest(.message("1"), now: now)
        #expect(try await state.store.stop(Event.testPerson, sequence: nil, now: now) == ["a", "b"])
        #expect(try await state.ledger() == ["hello skipped stopped", "hello skipped stopped"])
        try await state.ingest(.message("2"), now: now + .hours(1))
        #expect(try await state.claim(now: now + .days(30)).isEmpty)
        await #expect(throws: PersonError.stopped(Event.testPerson)) {
            try await state.store.enroll(Event.testPerson, in: "b", again: true, now: now)
        }
        #expect(try await state.store.stop(Event.testPerson, sequence: nil, now: now + .days(1)) == [])
        #expect(try await state.store.person(Event.testPerson).summary.stoppedAt == now)
    }

    @Test func `it may end one sequence alone`() async throws {
        let state = try await TemporaryStore([.make("a", steps: .care), .make("b", steps: .care)])
        try await state.ingest(.message("1"), now: now)
        #expect(try await state.store.stop(Event.testPerson, sequence: "a", now: now) == ["a"])
        #expect(try await state.store.stop(Event.testPerson, sequence: "other", now: now) == [])
        #expect(try await state.claim(now: due).map(\.job.enrollment.sequence) == ["b"])
        #expect(try await state.store.person(Event.testPerson).summary.stoppedAt == nil)
    }

    @Test(arguments: [nil, "care"])
    func `a message on its way is recorded, and nothing follows`(sequence: String?) async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: now)
        let claim = try #require(try await state.claim(now: due).first)
        #expect(try await state.store.stop(Event.testPerson, sequence: sequence, now: due) == ["care"])
        try await state.record(.accepted(messageID: "m_1"), of: claim, now: due + .seconds(1))
        #expect(try await state.ledger() == ["hello sent"])
        #expect(try await state.next() == nil)
        let status = try await state.store.status()
        #expect((status.underWay, status.sent) == (0, 1))
    }

    @Test(arguments: [
        Outcome.refused(.retry), .unsent(why: "connection refused"), .refused(.window),
    ])
    func `a message on its way that did not arrive is not tried again`(outcome: Outcome) async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: now)
        let claim = try #require(try await state.claim(now: due).first)
        _ = try await state.store.stop(Event.testPerson, sequence: "care", now: due)
        try await state.record(outcome, of: claim, now: due + .seconds(1))
        #expect(try await state.ledger() == ["hello skipped stopped"])
        #expect(try await state.claim(now: due + .hours(1)).isEmpty)
    }

    @Test func `the other parts of a step that had begun stay unsent`() async throws {
        let state = try await TemporaryStore([.make(steps: [.parts])])
        try await state.ingest(.message("1"), now: now)
        let claim = try #require(try await state.claim(now: due).first)
        _ = try await state.store.stop(Event.testPerson, sequence: "care", now: due)
        try await state.record(.accepted(messageID: "m_1"), of: claim, now: due + .seconds(1))
        #expect(try await state.ledger() == ["parts skipped stopped"])
        #expect(try await state.delivery("parts")?.messageIDs == ["m_1"])
        #expect(try await state.claim(now: due + .hours(1)).isEmpty)
    }

    @Test func `a message on its way through a stop and the end of the process is in doubt`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: now)
        _ = try await state.claim(now: due)
        _ = try await state.store.stop(Event.testPerson, sequence: nil, now: due)
        #expect(try await state.store.recover(now: due) == 1)
        #expect(try await state.ledger() == ["hello in_doubt dripd ended before the answer came"])
        #expect(try await state.next() == nil)
    }

    @Test func `somebody whose sequence is in no file can be stopped`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: now)
        let claim = try #require(try await state.claim(now: due).first)
        _ = try await state.adopt([], now: due)
        try await state.record(.accepted(messageID: "m_1"), of: claim, now: due)
        #expect(try await state.store.stop(Event.testPerson, sequence: nil, now: due) == ["care"])
        #expect(try await state.ledger() == ["hello sent"])
        #expect(try await state.next() == nil)
        let status = try await state.store.status()
        #expect((status.underWay, status.sent, status.skipped) == (0, 1, 0))
    }
}
