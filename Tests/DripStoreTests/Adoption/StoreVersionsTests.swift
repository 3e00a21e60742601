import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

/// Every version that was in force is kept, with what came of it.
@Suite struct StoreVersionsTests {
    private let now = Instant.start

    @Test func `the history of the files, latest first`() async throws {
        let state = try await TemporaryStore()
        let first = DripSequence.make(steps: .care)
        let second = DripSequence.make(steps: [.text("hello", 1, .minute)])
        let other = DripSequence.make("other", steps: .care)
        try await adopt(state, [first], "a1", now: now)
        try await adopt(state, [second, other], "b2", now: now + .hours(1))
        try await adopt(state, [second, other], "c3", now: now + .hours(2))
        try await adopt(state, [other], "d4", now: now + .hours(3))
        let history = try await state.store.history(sequence: nil, limit: 10)
        #expect(
            history.map { "\($0.sequence) \($0.change) \($0.commit ?? "-") \($0.file ?? "-")" } == [
                "care removed - -", "care changed b2 Sequences/care.yaml", "other added b2 Sequences/other.yaml",
                "care added a1 Sequences/care.yaml",
            ]
        )
        #expect(history.map(\.hash) == [nil, second.hash, other.hash, first.hash])
        #expect(history.map(\.at) == [now + .hours(3), now + .hours(1), now + .hours(1), now])
        #expect(try await state.store.history(sequence: "other", limit: 10).count == 1)
        #expect(try await state.store.history(sequence: nil, limit: 1).map(\.change) == [.removed])
    }

    @Test func `a file comes back by its hash, or by as much of it as no other has`() async throws {
        let state = try await TemporaryStore()
        let first = DripSequence.make(steps: .care)
        let second = DripSequence.make(steps: [.text("hello", 1, .minute)])
        try await adopt(state, [first], "a1", now: now)
        try await adopt(state, [second], "b2", now: now)
        for hash in [first.hash, String(first.hash.dropLast(4))] {
            let file = try await state.store.file(ofVersion: hash)
            #expect(file == VersionFile(hash: first.hash, sequence: "care", content: "file \(first.hash)"))
        }
        await #expect(throws: VersionFileError.unknown("f00")) { try await state.store.file(ofVersion: "f00") }
        await #expect(throws: VersionFileError.unknown("")) { try await state.store.file(ofVersion: "") }
        await #expect(throws: VersionFileError.ambiguous("care-")) { try await state.store.file(ofVersion: "care-") }
    }

    @Test func `the versions in force are those of the last adoption`() async throws {
        let state = try await TemporaryStore()
        let first = DripSequence.make(steps: .care)
        let second = DripSequence.make(steps: [.text("hello", 1, .minute)])
        let other = DripSequence.make("other", steps: .care)
        try await adopt(state, [first, other], "a1", now: now)
        try await adopt(state, [second], "b2", now: now)
        #expect(
            try await state.store.versionsInForce() == [
                SequenceVersion(
                    sequence: "care",
                    hash: second.hash,
                    file: "Sequences/care.yaml",
                    content: Array("file \(second.hash)".utf8),
                    commit: "b2"
                )
            ]
        )
    }

    @Test func `a version that somebody finishes is kept ready, as long as somebody does`() async throws {
        let state = try await TemporaryStore()
        let first = DripSequence.make(steps: .care) { $0.onEdit = .pin }
        let second = DripSequence.make(steps: [.text("hello", 1, .minute)]) { $0.onEdit = .pin }
        try await adopt(state, [first], "a1", now: now)
        try await state.ingest(.message("1"), now: now)
        try await adopt(state, [second], "b2", now: now)
        #expect(try await state.store.pinnedVersions().map(\.hash) == [first.hash])
        try await state.ingest(.message("2", from: "2"), now: now)
        #expect(Set(try await state.store.pinnedVersions().map(\.hash)) == [first.hash, second.hash])
        _ = try await state.store.stop(Event.testPerson, sequence: nil, now: now)
        #expect(try await state.store.pinnedVersions().map(\.hash) == [second.hash])
    }

    @Test func `a delivery names the file and the commit that it was made from`() async throws {
        let state = try await TemporaryStore()
        let sequence = DripSequence.make(steps: [.text("hello", 15, .minute), .text("day", 20, .hour)])
        try await adopt(state, [sequence], "a1", now: now)
        try await state.ingest(.message("1"), now: now)
        try await state.send(now: now + .minutes(15))
        // The same bytes, on another commit, after something else was in force.
        try await adopt(state, [.make(steps: [.text("day", 21, .hour)])], "b2", now: now + .hours(1))
        try await adopt(state, [sequence], "c3", now: now + .hours(2))
        try await state.send(now: now + .hours(20))
        let deliveries = try await state.store.person(Event.testPerson).enrollments[0].deliveries
        #expect(
            deliveries.map { "\($0.step) \($0.commit ?? "-") \($0.file ?? "-")" } == [
                "hello a1 Sequences/care.yaml", "day c3 Sequences/care.yaml",
            ]
        )
        #expect(deliveries.map(\.sequenceHash) == [sequence.hash, sequence.hash])
    }

    @Test func `a file outside any working copy has no commit`() async throws {
        let state = try await TemporaryStore()
        try await adopt(state, [.make(steps: .care)], nil, now: now)
        #expect(try await state.store.history(sequence: nil, limit: 1)[0].commit == nil)
    }

    private func adopt(
        _ state: TemporaryStore,
        _ sequences: [DripSequence],
        _ commit: String?,
        now: Instant
    ) async throws {
        let versions = sequences.map { sequence in
            SequenceVersion(
                sequence: sequence.id,
                hash: sequence.hash,
                file: "Sequences/\(sequence.id).yaml",
                content: Array("file \(sequence.hash)".utf8),
                commit: commit
            )
        }
        let catalog = Catalog(
            zone: .hoChiMinh,
            sequences: sequences,
            pinned: Array(state.store.catalog.sequences.values)
        )
        _ = try await state.store.adopt(catalog, versions: versions, plan: nil, now: now)
    }
}
