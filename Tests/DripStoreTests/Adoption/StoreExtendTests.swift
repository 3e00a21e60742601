import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

/// `extend`: who gets a step that is appended.
@Suite struct StoreExtendTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)
    private let short = [Step.text("hello", 15, .minute)]
    private let long = [Step.text("hello", 15, .minute), .text("more", 2, .hour)]

    @Test func `finished - those who were through go on`() async throws {
        let state = try await finished()
        let report = try await state.adopt([extending(long)], now: due)
        #expect((report.reopened, report.moved) == (1, 0))
        let enrollment = try await state.store.person(Event.testPerson).enrollments[0]
        #expect((enrollment.endedAt, enrollment.endReason) == (nil, nil))
        #expect(enrollment.next?.due == now + .hours(2))
        #expect(try await state.store.status().underWay == 1)
        try await state.send(now: now + .hours(2))
        #expect(try await state.ledger() == ["hello sent", "more sent"])
        #expect(try await state.store.person(Event.testPerson).enrollments[0].endReason == "finished")
    }

    @Test func `active - they do not`() async throws {
        let state = try await finished()
        let report = try await state.adopt([.make(steps: long)], now: due)
        #expect((report.reopened, report.moved) == (0, 0))
        #expect(try await state.next() == nil)
        // Until the file says otherwise.
        #expect(try await state.adopt([extending(long)], now: due).reopened == 1)
    }

    @Test func `what was put behind them is none of it`() async throws {
        let state = try await finished()
        let steps = [Step.text("before", 1, .minute)] + short
        #expect(try await state.adopt([extending(steps)], now: due).reopened == 0)
    }

    @Test func `a step that they had, and that comes later now, is none of it`() async throws {
        let state = try await finished()
        #expect(try await state.adopt([extending([.text("hello", 2, .hour)])], now: due).reopened == 0)
        let renamed = DripSequence.make(steps: [.text("chao", 2, .hour)]) {
            $0.extend = .finished
            $0.moved = [Move(from: "hello", to: "chao")]
        }
        #expect(try await state.adopt([renamed], now: due).reopened == 0)
    }

    @Test(arguments: [
        (StopRule.tag("x"), 0), (.replied, 0), (.sequence("other"), 0), (.tag("y"), 1), (.sequence("third"), 1),
        (.optedOut, 1),
    ])
    func `not those who have met a stop rule since they were through`(rule: StopRule, reopened: Int) async throws {
        func care(_ steps: [Step], _ extend: Extend) -> DripSequence {
            .make(steps: steps) {
                $0.stop = [rule]
                $0.extend = extend
            }
        }
        let other = DripSequence.make("other", start: [.message([Phrase("more")])], steps: [.text("a", 9, .day)])
        let state = try await TemporaryStore([care(short, .active), other])
        try await state.ingest(.message("1"), now: now)
        try await state.send(now: due)
        try await state.ingest(.message("2", text: "more", payload: "dripd/tag/x"), now: due + .minutes(1))
        try await state.ingest(.message("3", text: "more"), now: due + .minutes(2))
        let catalog = Catalog(zone: .hoChiMinh, sequences: [care(long, .finished), other])
        let plan = try await state.store.plan(catalog, people: 9, now: due + .hours(1)).plan
        #expect(plan.sequences.flatMap(\.effects).map(\.people) == (reopened == 0 ? [] : [1]))
        #expect(try await state.adopt([care(long, .finished), other], now: due + .hours(1)).reopened == reopened)
    }

    @Test func `not those who asked to get nothing more, nor those who were stopped or ended`() async throws {
        let state = try await TemporaryStore([.make(steps: short) { $0.stop = [.tag("x")] }])
        for person in ["through", "gone", "one", "tagged"] {
            try await state.ingest(.message(person, from: person), now: now)
        }
        _ = try await state.store.stop("one", sequence: "care", now: now)
        try await state.ingest(.message("t", from: "tagged", payload: "dripd/tag/x"), now: now + .minutes(1))
        try await state.send(now: due)
        _ = try await state.store.stop("gone", sequence: nil, now: due)
        #expect(try await state.adopt([extending(long)], now: due).reopened == 1)
        for person in ["gone", "one", "tagged"] { #expect(try await state.next(of: person) == nil) }
        #expect(try await state.next(of: "through")?.step == "more")
    }

    @Test func `not a round that a later one has followed`() async throws {
        let state = try await finished()
        _ = try await state.store.enroll(Event.testPerson, in: "care", again: true, now: due)
        let report = try await state.adopt([extending(long)], now: due)
        #expect(report.reopened == 0)
        let enrollments = try await state.store.person(Event.testPerson).enrollments
        #expect(enrollments.map { $0.next?.step } == [nil, "hello"])
    }

    @Test func `what is long past is skipped, and they are through again`() async throws {
        let state = try await finished()
        let later = now + .days(30)
        #expect(try await state.adopt([extending(long)], now: later).reopened == 1)
        let report = try await state.store.claim(account: state.account, limit: 10, now: later)
        #expect(report.skipped == [.late: 1])
        #expect(try await state.store.person(Event.testPerson).enrollments[0].endReason == "finished")
        #expect(try await state.adopt([extending(long)], now: later) == AdoptionReport())
    }

    private func extending(_ steps: [Step]) -> DripSequence {
        .make(steps: steps) { $0.extend = .finished }
    }

    private func finished() async throws -> TemporaryStore {
        let state = try await TemporaryStore([.make(steps: short)])
        try await state.ingest(.message("1"), now: now)
        try await state.send(now: due)
        return state
    }
}
