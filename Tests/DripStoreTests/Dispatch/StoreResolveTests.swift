import ControlAPI
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
        let later = due + .hours(2)
        try await resolve(state, .resend, now: later)
        #expect(try await state.delivery("hello") == nil)
        let next = try await state.next()
        #expect((next?.step, next?.due, next?.scheduled) == ("hello", later, due))
        try await state.send(as: "m_2", now: later)
        #expect(try await state.delivery("hello")?.state == "sent")
        #expect(try await state.next()?.step == "day")
        #expect(try await state.store.status().inDoubt == 0)
    }

    @Test func `what goes out once more stays, through a refusal for now and an edit of the file`() async throws {
        let state = try await inDoubt()
        try await resolve(state, .resend)
        let claim = try #require(try await state.claim(now: due + .minutes(1)).first)
        let refusal = Refusal(meaning: .retry, code: "2", message: "no", retryAfter: nil)
        let settlement = claim.settle(.refused(refusal), now: due + .minutes(2), jitter: 0.5)
        _ = try await state.store.record([settlement], now: due + .minutes(2))
        let refused = try await state.next()
        #expect((refused?.step, refused?.scheduled, refused?.waitingFor) == ("hello", due, "retry"))
        let edited = [Step.make("hello", Offset(15, .minute), text: [.literal("Hi")])] + [Step].care.dropFirst()
        _ = try await state.adopt([.make(steps: edited)], now: due + .minutes(2))
        #expect(try await state.next()?.step == "hello")
        try await state.send(as: "m_2", now: due + .minutes(5))
        #expect(try await state.delivery("hello")?.state == "sent")
        #expect(try await state.next()?.step == "day")
    }

    @Test func `what is too late to go out once more is skipped as such`() async throws {
        let state = try await inDoubt()
        let later = due + .hours(25)
        try await resolve(state, .resend, now: later)
        #expect(try await state.claim(now: later).isEmpty)
        #expect(try await state.delivery("hello")?.reason == "late")
        #expect(try await state.next()?.step == "day")
    }

    @Test func `a step that is in no file any more cannot go out`() async throws {
        let state = try await inDoubt()
        _ = try await state.adopt([.make(steps: Array([Step].care.dropFirst()))], now: due)
        await #expect(throws: ResolveError.gone(step: "hello")) { try await resolve(state, .resend) }
        #expect(try await state.delivery("hello")?.state == "in_doubt")
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
        try await state.ingest(.message("1"), now: .start)
        _ = try await state.store.claim(account: state.account, limit: 10, now: due)
        try await state.reopen([.make(steps: steps)], now: due)
        #expect(try await state.store.recover(now: due) == 1)
        return state
    }
}
