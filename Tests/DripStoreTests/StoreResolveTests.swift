import DripCore
import TestSupport
import Testing

@testable import DripStore

/// An operator's word on a message in doubt.
@Suite struct StoreResolveTests {
    private let due = Instant.start + .minutes(15)

    @Test func `it arrived, or is left at that`() async throws {
        for (resolution, state) in [(Resolution.sent, "sent"), (.skip, "skipped")] {
            let doubtful = try await inDoubt()
            try await resolve(doubtful, resolution)
            #expect(try await doubtful.delivery("hello")?.state == state)
            #expect(try await doubtful.next()?.step == "day")
            let sums = try await doubtful.store.status()
            #expect((sums.inDoubt, sums.sent, sums.skipped) == (0, state == "sent" ? 1 : 0, state == "sent" ? 0 : 1))
        }
    }

    @Test func `it did not arrive - it goes out once more, and then what was to come next`() async throws {
        let state = try await inDoubt()
        let later = due + .days(2)
        try await state.take(.message("2"), now: later)
        try await resolve(state, .resend, now: later)
        #expect(try await state.delivery("hello") == nil)
        let next = try await state.next()
        #expect((next?.step, next?.due, next?.scheduled) == ("hello", later, later))
        try await state.send(as: "m_2", now: later)
        #expect(try await state.delivery("hello")?.state == "sent")
        #expect(try await state.next()?.step == "day")
        #expect(try await state.store.status().inDoubt == 0)
    }

    @Test func `the last step of an enrollment that is over opens it again`() async throws {
        let state = try await inDoubt([.text("hello", 15, .minute)])
        #expect(try await state.store.person(Event.testPerson).enrollments[0].endReason == "finished")
        try await resolve(state, .resend)
        #expect(try await state.store.status().underWay == 1)
        try await state.send(as: "m_2", now: due + .minutes(1))
        #expect(try await state.store.person(Event.testPerson).enrollments[0].endReason == "finished")
        #expect(try await state.store.status().underWay == 0)
    }

    @Test func `what is not in doubt, somebody who wants nothing, and nobody`() async throws {
        let state = try await inDoubt()
        await #expect(throws: ResolveError.notInDoubt(person: Event.testPerson, step: "day")) {
            try await state.store.resolve(Event.testPerson, sequence: "care", step: "day", as: .sent, now: due)
        }
        await #expect(throws: PersonError.unknown("9")) {
            try await state.store.resolve("9", sequence: "care", step: "hello", as: .sent, now: due)
        }
        _ = try await state.store.stop(Event.testPerson, sequence: nil, now: due)
        await #expect(throws: ResolveError.stopped(person: Event.testPerson)) { try await resolve(state, .resend) }
        // A refusal changes nothing.
        #expect(try await state.delivery("hello")?.state == "in_doubt")
        #expect(try await state.store.status().inDoubt == 1)
        try await resolve(state, .sent)
        #expect(try await state.store.status().inDoubt == 0)
    }

    private func resolve(_ state: TemporaryStore, _ resolution: Resolution, now: Instant? = nil) async throws {
        try await state.store.resolve(
            Event.testPerson,
            sequence: "care",
            step: "hello",
            as: resolution,
            now: now ?? due + .minutes(1)
        )
    }

    /// The first step went out, and the process died before the answer.
    private func inDoubt(_ steps: [Step] = .care) async throws -> TemporaryStore {
        let state = try await TemporaryStore([.make(steps: steps)])
        try await state.take(.message("1"), now: .start)
        _ = try await state.store.claim(lane: state.lane, limit: 10, now: due)
        try await state.reopen([.make(steps: steps)], now: due)
        #expect(try await state.store.recover(now: due) == 1)
        return state
    }
}
