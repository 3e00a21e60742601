import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

/// What an edit would do, and that an adoption then does it.
@Suite struct StorePlanTests {
    private let day = Instant.start + .days(1)

    @Test func `the files in force change nothing`() async throws {
        let state = try await people(3)
        let report = try await state.plan([.make(steps: .care)], now: day)
        #expect(report.plan.isEmpty)
        #expect(report.plan.hash == "cbf29ce484222325")
        #expect(report.people == [])
    }

    @Test func `a step that comes earlier is due now, for whoever it lies ahead of`() async throws {
        let state = try await people(3)
        let edited = DripSequence.make(steps: [.text("hello", 1, .minute), .text("day", 20, .hour)])
        let now = Instant.start + .minutes(5)
        let report = try await state.plan([edited], now: now)
        let plan = try #require(report.plan.sequences.first)
        #expect(plan.underWay == 3)
        #expect(plan.touched == 3)
        #expect(plan.effects == [EffectCount(effect: .now, people: 3, first: now)])
        #expect(plan.steps.map { "\($0.step) +\($0.gain) -\($0.lose)" } == ["week +0 -3", "hello +0 -0"])
        #expect(report.plan.atOnce == 3)
        #expect(report.plan.messages.map(\.withinDay) == [3])
        #expect(
            report.people.first
                == PersonPlan(
                    page: Event.testPage,
                    person: "1",
                    sequence: "care",
                    effect: .now,
                    stepBefore: "hello",
                    dueBefore: .start + .minutes(15),
                    stepAfter: "hello",
                    dueAfter: .start + .minutes(1)
                )
        )
        #expect(try await state.adopt([edited], now: now).moved == 3)
    }

    @Test func `past the window it waits for the person, past 'late' it is skipped`() async throws {
        let state = try await people(2)
        let sooner = DripSequence.make(
            late: LateRule(after: .days(3), then: .skip),
            steps: [.text("hello", 1, .minute), .text("day", 20, .hour), .text("week", 1, .week)]
        )
        let closed = try await state.plan([sooner], now: .start + .days(2))
        #expect(closed.plan.sequences[0].effects.map(\.effect) == [.now])
        #expect(closed.plan.messages.map(\.waiting) == [2])
        #expect(closed.plan.atOnce == 0)
        let late = try await state.plan([sooner], now: .start + .days(4))
        #expect(late.plan.sequences[0].effects == [EffectCount(effect: .tooLate, people: 2, first: nil)])
        #expect(late.plan.messages == [])
    }

    @Test func `later, another one at the same time, and none any more`() async throws {
        let state = try await people(2)
        func effects(_ steps: [Step], now: Instant = .start) async throws -> [Effect] {
            try await state.plan([.make(steps: steps)], now: now).plan.sequences[0].effects.map(\.effect)
        }
        #expect(try await effects([.text("hello", 1, .hour), .text("day", 20, .hour)]) == [.later])
        #expect(try await effects([.text("hi", 15, .minute), .text("day", 20, .hour)]) == [.other])
        #expect(try await effects([.make("hello", Offset(15, .minute), text: [.literal("hi")])]) == [])
        #expect(try await state.plan([], now: .start).plan.sequences[0].effects.map(\.effect) == [.held])
        _ = try await state.adopt([], now: .start)
        #expect(
            try await state.plan([.make(steps: .care)], now: .start).plan.sequences[0].effects.map(\.effect)
                == [.resumed]
        )
    }

    @Test func `who asked for nothing is left out, and the list ends where it is to`() async throws {
        let state = try await people(5)
        _ = try await state.store.stop("1", sequence: nil, now: .start)
        let report = try await state.plan([.make(steps: [.text("hello", 1, .hour)])], people: 2, now: .start)
        #expect(report.people.map(\.person) == ["2", "3"])
        #expect(report.morePeople == 2)
    }

    @Test func `the hash names the change, and an adoption may be held to it`() async throws {
        let state = try await people(1)
        let edited = DripSequence.make(steps: [.text("hello", 1, .hour)])
        let hash = try await state.plan([edited], now: day).plan.hash
        let catalog = Catalog(zone: .hoChiMinh, sequences: [edited])
        await #expect(throws: AdoptionError.anotherPlan(wanted: "0000", current: hash)) {
            try await state.store.adopt(catalog, versions: [], plan: "0000", now: day)
        }
        #expect(try await state.store.adopt(catalog, versions: [], plan: hash, now: day).changed == ["care"])
        #expect(state.store.catalog["care"] == edited)
    }

    @Test func `a copy of the database answers without a daemon`() async throws {
        let state = try await people(2)
        let edited = DripSequence.make(steps: [.text("hello", 1, .hour)])
        let expected = try await state.plan([edited], now: day)
        let copy = try StateCopy(directory: state.directory.path)
        let report = try copy.plan(
            from: Catalog(zone: .hoChiMinh, sequences: [.make(steps: .care)]),
            to: Catalog(zone: .hoChiMinh, sequences: [edited]),
            people: 10,
            now: day
        )
        #expect(report == expected)
        #expect(
            throws: StoreError.cannotOpen(path: "/nowhere/dripd.db", why: "no such file or directory")
        ) {
            _ = try StateCopy(directory: "/nowhere")
        }
    }

    /// So many people who wrote at the start.
    private func people(_ count: Int) async throws -> TemporaryStore {
        let state = try await TemporaryStore([.make(steps: .care)])
        for number in 1...count { try await state.ingest(.message("\(number)", from: "\(number)"), now: .start) }
        return state
    }
}

extension TemporaryStore {
    fileprivate func plan(_ sequences: [DripSequence], people: Int = 10, now: Instant) async throws -> PlanReport {
        try await store.plan(Catalog(zone: .hoChiMinh, sequences: sequences), people: people, now: now)
    }
}
