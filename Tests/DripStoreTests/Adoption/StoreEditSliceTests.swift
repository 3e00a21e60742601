import ControlAPI
import DripCore
import GRDB
import TestSupport
import Testing

@testable import DripStore

/// An edit that is applied a slice at a time: what holds between two slices, and after a process that was killed there.
@Suite struct StoreEditSliceTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    @Test func `the files are in force at once, and the people follow in slices`() async throws {
        let state = try await people(5)
        let edit = try await begin([.text("hello", 20, .minute)], in: state)
        #expect(edit.report == AdoptionReport(changed: ["care"], isComplete: false, share: 0))
        #expect(state.store.catalog["care"]?.steps.map(\.after.count) == [20])
        #expect(try await dues(state) == [15, 15, 15, 15, 15])
        #expect(
            try await edit.slice(limit: 2, now: now)
                == AdoptionReport(changed: ["care"], moved: 2, isComplete: false, share: 0.4)
        )
        #expect(try await dues(state) == [20, 20, 15, 15, 15])
        #expect(try await edit.slice(limit: 2, now: now).isComplete == false)
        #expect(try await edit.slice(limit: 2, now: now) == AdoptionReport(changed: ["care"], moved: 5))
        #expect(try await dues(state) == [20, 20, 20, 20, 20])
        #expect(try await state.store.pendingEdit() == nil)
    }

    @Test func `a step that was moved later is not sent at its earlier time to those whom no slice has reached`()
        async throws
    {
        let state = try await people(3)
        let edit = try await begin([.text("hello", 20, .minute)], in: state)
        #expect(try await state.claim(now: due).isEmpty)
        #expect(try await dues(state) == [20, 20, 20])
        // Counted where it happened, once.
        #expect(try await finish(edit).moved == 3)
        #expect(try await state.claim(now: now + .minutes(20)).count == 3)
    }

    @Test func `a step that was put in ahead is not lost to those whom no slice has reached`() async throws {
        let state = try await people(2)
        let edit = try await begin([.text("before", 10, .minute), .text("hello", 15, .minute)], in: state)
        #expect(try await state.claim(now: due).map(\.job.step) == [])
        #expect(try await state.claim(now: due).map(\.job.step) == ["before", "before"])
        #expect(try await finish(edit).moved == 2)
    }

    @Test func `a step that left the file is not sent to those whom no slice has reached`() async throws {
        let state = try await people(2)
        let edit = try await begin([.text("day", 20, .hour)], in: state)
        #expect(try await state.claim(now: due).isEmpty)
        #expect(try await finish(edit).moved == 2)
        #expect(try await state.claim(now: now + .hours(20)).map(\.job.step) == ["day", "day"])
    }

    @Test func `who is through by the edited file is through when their step comes due`() async throws {
        let state = try await people(2)
        let edit = try await begin([], in: state)
        #expect(try await state.claim(now: due).isEmpty)
        #expect(try await finish(edit).finished == 2)
        #expect(try await state.store.status().underWay == 0)
    }

    @Test func `a message that is on its way goes on, and what follows is by the edited file`() async throws {
        let state = try await people(2)
        let claims = try await state.claim(now: due)
        let edit = try await begin(
            [.text("hello", 15, .minute), .text("hour", 1, .hour), .text("day", 20, .hour)],
            in: state
        )
        for claim in claims { try await state.record(.accepted(messageID: "m"), of: claim, now: due) }
        #expect(try await finish(edit).moved == 0)
        #expect(try await state.claim(now: now + .hours(1)).map(\.job.step) == ["hour", "hour"])
    }

    @Test func `who comes while an edit is applied begins by the edited file`() async throws {
        let state = try await people(3)
        let edit = try await begin([.text("hello", 20, .minute)], in: state)
        _ = try await edit.slice(limit: 1, now: now)
        try await state.ingest(.message("new", from: "new"), now: now)
        #expect(try await finish(edit).moved == 3)
        #expect(try await dues(state) == [20, 20, 20, 20])
    }

    @Test func `who stops while an edit is applied stays stopped`() async throws {
        let state = try await people(3)
        let edit = try await begin([.text("hello", 20, .minute)], in: state)
        _ = try await edit.slice(limit: 1, now: now)
        _ = try await state.store.stop("3", sequence: nil, now: now)
        #expect(try await finish(edit).moved == 2)
        #expect(try await dues(state) == [20, 20])
    }

    @Test(arguments: [0, 1, 2, 3, 4])
    func `a process that is killed between two slices goes on where it was`(slices: Int) async throws {
        let state = try await people(5)
        let edited = DripSequence.make(steps: [.text("hello", 20, .minute)])
        let edit = try await begin(edited.steps, in: state)
        for _ in 0..<slices { _ = try await edit.slice(limit: 1, now: now) }
        try await restart(state, edited)
        let pending = try #require(try await state.store.pendingEdit())
        #expect(try await finish(pending).moved == 5)
        #expect(try await dues(state) == [20, 20, 20, 20, 20])
        #expect(try await state.store.pendingEdit() == nil)
    }

    @Test func `those who had finished follow in slices, too, each once`() async throws {
        let state = try await people(5)
        try await finishAll(state)
        let edited = DripSequence.make(
            steps: .care + [.text("later", 2, .week)],
            change: { $0.extend = .finished }
        )
        let edit = try await state.store.beginEdit(
            Catalog(zone: .hoChiMinh, sequences: [edited]),
            versions: [],
            plan: nil,
            now: now
        )
        _ = try await edit.slice(limit: 2, now: now)
        _ = try await edit.slice(limit: 2, now: now)
        #expect(edit.report.reopened == 2)
        try await restart(state, edited)
        let pending = try #require(try await state.store.pendingEdit())
        #expect(try await finish(pending).reopened == 5)
        #expect(try await state.store.status().underWay == 5)
    }

    @Test func `people are pinned slice by slice, and nobody to a version that came later`() async throws {
        let state = try await people(4)
        let pinned = DripSequence.make(steps: [.text("hello", 20, .minute)], change: { $0.onEdit = .pin })
        let edit = try await state.store.beginEdit(
            Catalog(zone: .hoChiMinh, sequences: [pinned]),
            versions: [],
            plan: nil,
            now: now
        )
        _ = try await edit.slice(limit: 3, now: now)
        #expect(try await versions(state) == 3)
        _ = try await finish(edit)
        #expect(try await versions(state) == 4)
        _ = try await state.adopt([.make(steps: [.text("hello", 20, .minute)])], now: now)
        #expect(try await versions(state) == 0)
    }

    private func people(_ count: Int) async throws -> TemporaryStore {
        let state = try await TemporaryStore([.make(steps: .care)])
        for number in 1...count { try await state.ingest(.message("\(number)", from: "\(number)"), now: now) }
        return state
    }

    private func finishAll(_ state: TemporaryStore) async throws {
        for moment in [due, now + .hours(20), now + .days(8)] { try await state.send(now: moment) }
        #expect(try await state.store.status().underWay == 0)
    }

    private func begin(_ steps: [Step], in state: TemporaryStore) async throws -> Edit {
        let catalog = Catalog(zone: .hoChiMinh, sequences: [.make(steps: steps)])
        return try await state.store.beginEdit(catalog, versions: [], plan: nil, now: now)
    }

    /// The files in force are put in force again, which changes nothing by itself.
    private func restart(_ state: TemporaryStore, _ sequence: DripSequence) async throws {
        try state.reopen()
        let catalog = Catalog(zone: .hoChiMinh, sequences: [sequence])
        let edit = try await state.store.beginEdit(catalog, versions: [], plan: nil, now: now)
        #expect(edit.report.changed == [])
    }

    private func finish(_ edit: Edit) async throws -> AdoptionReport {
        var report = edit.report
        while !report.isComplete { report = try await edit.slice(limit: 2, now: now) }
        return report
    }

    /// Minutes after the start at which the next steps are due, in the order of enrollments.
    private func dues(_ state: TemporaryStore) async throws -> [Int64] {
        try await state.store.read { db in
            try db.rows("SELECT due FROM job ORDER BY enrollment", []).map { row in
                ((row["due"] as Instant) - .start).milliseconds / 60_000
            }
        }
    }

    private func versions(_ state: TemporaryStore) async throws -> Int {
        try await state.store.read { db in
            try db.row("SELECT count(version) AS number FROM enrollment", [])?["number"] ?? 0
        }
    }
}
