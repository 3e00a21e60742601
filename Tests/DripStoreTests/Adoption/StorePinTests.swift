import ControlAPI
import DripCore
import GRDB
import TestSupport
import Testing

@testable import DripStore

/// `on_edit: pin`: people finish the version that they began with.
@Suite struct StorePinTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    @Test func `an edit does not touch those under way, and new people get the new version`() async throws {
        let state = try await pinned()
        let report = try await state.adopt([.second], now: due)
        #expect((report.changed, report.moved, report.finished) == (["care"], 0, 0))
        try await state.ingest(.message("2", from: "new"), now: due)
        for moment in [due, due + .minutes(1), now + .hours(20)] { try await state.send(now: moment) }
        #expect(try await state.ledger() == ["hello sent", "day sent"])
        #expect(try await state.ledger(of: "new") == ["hi sent"])
        #expect(try await state.delivery("day")?.sequenceHash == DripSequence.first.hash)
        #expect(try await state.delivery("hi", of: "new")?.sequenceHash == DripSequence.second.hash)
    }

    @Test func `it survives a restart`() async throws {
        let state = try await pinned()
        _ = try await state.adopt([.second], now: due)
        try await state.reopen([.second], now: due)
        try await state.send(now: due)
        #expect(try await state.ledger() == ["hello sent"])
        #expect(try await state.next()?.step == "day")
    }

    @Test func `from follow to pin - they stay with what was in force when it was said`() async throws {
        let followed = DripSequence.make(steps: .care)
        let state = try await TemporaryStore([followed])
        try await state.ingest(.message("1"), now: now)
        #expect(try await state.adopt([.first], now: now).moved == 0)
        #expect(try await state.adopt([.second], now: now).moved == 0)
        try await state.send(now: due)
        #expect(try await state.ledger() == ["hello sent"])
        #expect(try await state.store.pinnedVersions().isEmpty, "no file was kept")
        #expect(try await version(state) == DripSequence.first.hash)
    }

    @Test func `from pin to follow - they follow from where they are`() async throws {
        let state = try await pinned()
        try await state.send(now: due)
        _ = try await state.adopt([.second], now: due)
        let followed = DripSequence.make(steps: [.text("hi", 1, .minute), .text("two", 2, .hour)])
        #expect(try await state.adopt([followed], now: due).moved == 1)
        #expect(try await version(state) == nil)
        let next = try #require(try await state.next())
        #expect((next.step, next.due) == ("two", now + .hours(2)))
        // And back: to this version, not to the one that they began with.
        let third = DripSequence.make(steps: [.text("three", 3, .hour)]) { $0.onEdit = .pin }
        #expect(try await state.adopt([third], now: due).moved == 1)
        #expect(try await version(state) == third.hash)
    }

    @Test func `a switch while a message is on its way counts for what follows`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: now)
        let claim = try #require(try await state.claim(now: due).first)
        _ = try await state.adopt([.first], now: due)
        _ = try await state.adopt([.second], now: due)
        try await state.record(.accepted(messageID: "m_1"), of: claim, now: due)
        #expect(try await version(state) == DripSequence.first.hash)
        #expect(try await state.next()?.step == "day")
    }

    @Test func `deletion holds them, too, and the file that comes back a week later finds them in their version`()
        async throws
    {
        let state = try await pinned()
        try await state.send(now: due)
        #expect(try await state.adopt([], now: due).held == 1)
        #expect(try await state.next()?.waitingFor == "sequence")
        #expect(try await state.claim(now: now + .days(8)).isEmpty)
        #expect(try await state.adopt([.second], now: now + .days(8)).moved == 1)
        #expect(try await state.next()?.step == "day")
        let report = try await state.store.claim(account: state.account, limit: 10, now: now + .days(8))
        #expect(report.skipped == [.late: 1])
        #expect(try await state.next()?.step == "month")
    }

    @Test func `a version that is gone is followed by the file`() async throws {
        let state = try await pinned()
        let catalog = Catalog(zone: .hoChiMinh, sequences: [.second])
        _ = try await state.store.adopt(catalog, versions: [], plan: nil, now: now)
        #expect(try await state.next()?.step == "hi")
    }

    @Test func `somebody who is through with their version and gets what was appended goes by the one in force`()
        async throws
    {
        let short = DripSequence.make(steps: [.text("hello", 15, .minute)]) { $0.onEdit = .pin }
        let state = try await TemporaryStore([short])
        try await state.ingest(.message("1"), now: now)
        try await state.send(now: due)
        let longer = DripSequence.make(steps: [.text("hello", 15, .minute), .text("day", 20, .hour)]) {
            $0.onEdit = .pin
            $0.extend = .finished
        }
        #expect(try await state.adopt([longer], now: due).reopened == 1)
        #expect(try await version(state) == longer.hash)
        try await state.reopen([longer], now: due)
        try await state.send(now: now + .hours(20))
        #expect(try await state.ledger() == ["hello sent", "day sent"])
    }

    private func pinned() async throws -> TemporaryStore {
        let state = try await TemporaryStore([.first])
        try await state.ingest(.message("1"), now: now)
        return state
    }

    private func version(_ state: TemporaryStore) async throws -> String? {
        try await state.store.read { try $0.row("SELECT version FROM enrollment WHERE id = 1", [])?["version"] }
    }
}

extension DripSequence {
    fileprivate static let first = DripSequence.make(steps: [
        .text("hello", 15, .minute), .text("day", 20, .hour), .text("month", 1, .month),
    ]) { $0.onEdit = .pin }

    fileprivate static let second = DripSequence.make(steps: [.text("hi", 1, .minute)]) { $0.onEdit = .pin }
}
