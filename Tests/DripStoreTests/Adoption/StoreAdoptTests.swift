import ControlAPI
import DripCore
import Foundation
import TestSupport
import Testing

@testable import DripStore

@Suite struct StoreAdoptTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    @Test func `the report names what was added, changed and removed`() async throws {
        let state = try await TemporaryStore([.make("a", steps: .care), .make("b", steps: .care)])
        let report = try await state.adopt(
            [.make("b", steps: [.text("hello", 1, .minute)]), .make("c", steps: .care)],
            now: now
        )
        #expect(report == AdoptionReport(added: ["c"], changed: ["b"], removed: ["a"], moved: 0, finished: 0, held: 0))
        #expect(state.store.catalog.sequences.keys.sorted() == ["b", "c"])
    }

    @Test func `the same files again change nothing`() async throws {
        let state = try await behindHello()
        #expect(try await state.adopt([.make(steps: .care)], now: now) == AdoptionReport())
    }

    @Test func `a step added ahead comes next, one added behind never`() async throws {
        let state = try await behindHello()
        let edited = [DripSequence.make(steps: [.text("behind", 1, .minute), .text("ahead", 1, .hour)] + .care)]
        #expect(try await state.adopt(edited, now: due).moved == 1)
        #expect(try await state.next()?.step == "ahead")
        #expect(try await state.next()?.due == now + .hours(1))
        for moment in [now + .hours(1), now + .hours(20)] { try await state.send(now: moment) }
        #expect(try await state.ledger() == ["hello sent", "ahead sent", "day sent"])
    }

    @Test func `a removed step hands over to the next, and ends who waits for the last`() async throws {
        let state = try await behindHello()
        let without = [Step.text("hello", 15, .minute), .text("week", 1, .week)]
        #expect(try await state.adopt([.make(steps: without)], now: due).moved == 1)
        #expect(try await state.next()?.step == "week")
        #expect(try await state.adopt([.make(steps: [.text("hello", 15, .minute)])], now: due).finished == 1)
        #expect(try await state.next() == nil)
        #expect(try await state.store.person(Event.testPerson).enrollments[0].endReason == "finished")
    }

    @Test func `a moved step is due at its new time, the time already waited counts`() async throws {
        let state = try await behindHello()
        let steps = [Step.text("hello", 15, .minute), .text("day", 2, .hour), .text("week", 1, .week)]
        #expect(try await state.adopt([.make(steps: steps)], now: due).moved == 1)
        #expect(try await state.next()?.due == now + .hours(2))
        #expect(try await state.next()?.scheduled == now + .hours(2))
    }

    @Test func `a step that was sent and moved ahead is not sent again`() async throws {
        let state = try await behindHello()
        _ = try await state.adopt([.make(steps: [.text("hello", 1, .hour), .text("day", 20, .hour)])], now: due)
        #expect(try await state.next()?.step == "day")
    }

    @Test func `a file that leaves holds its people, and they go on when it is back`() async throws {
        let state = try await behindHello()
        #expect(try await state.adopt([], now: due).held == 1)
        #expect(try await state.next()?.waitingFor == "sequence")
        #expect(try await state.claim(now: now + .days(400)).isEmpty)
        #expect(try await state.store.status().nextDue == nil)
        #expect(try await state.adopt([.make(steps: .care)], now: due + .minutes(5)).moved == 1)
        #expect(try await state.next()?.step == "day")
        #expect(try await state.next()?.due == now + .hours(20))
        try await state.send(now: now + .hours(20))
        #expect(try await state.ledger() == ["hello sent", "day sent"])
    }

    @Test(arguments: [Outcome.accepted(messageID: "m_1"), .refused(.retry), .refused(.window)])
    func `a file that leaves while a message is on its way holds its person too`(outcome: Outcome) async throws {
        let state = try await enrolled([.parts, .text("day", 20, .hour)])
        for part in 1...2 { try await state.send(as: "p_\(part)", now: due) }
        let claim = try #require(try await state.claim(now: due).first)
        _ = try await state.adopt([], now: due)
        try await state.record(outcome, of: claim, now: due)
        #expect(try await state.claim(now: due + .hours(1)).isEmpty)
        #expect(try await state.next()?.waitingFor == "sequence")

        _ = try await state.adopt([.make(steps: [.parts, .text("day", 20, .hour)])], now: due + .hours(1))
        try await state.ingest(.message("2"), now: due + .hours(1))
        try await state.send(as: "m_2", now: due + .hours(1))
        #expect(try await state.ledger() == ["parts sent"])
        #expect(try await state.delivery("parts")?.messageIDs.count == 3)
        #expect(try await state.next()?.step == "day")
    }

    @Test func `a step that leaves while its message is on its way, and is to be tried again, hands over`() async throws
    {
        let state = try await enrolled(.care)
        let claim = try #require(try await state.claim(now: due).first)
        _ = try await state.adopt([.make(steps: [.text("day", 20, .hour)])], now: due)
        try await state.record(.refused(.retry), of: claim, now: due)
        #expect(try await state.claim(now: due + .seconds(30)).isEmpty)
        #expect(try await state.next()?.step == "day")
        #expect(try await state.next()?.due == now + .hours(20))
    }

    @Test func `a step that has begun goes on, even if another was put before it`() async throws {
        let state = try await enrolled([.parts])
        try await state.send(as: "m_1", now: due)
        _ = try await state.adopt([.make(steps: [.text("before", 10, .minute), .parts])], now: due)
        for part in 2...3 { try await state.send(as: "m_\(part)", now: due) }
        #expect(try await state.delivery("parts")?.messageIDs == ["m_1", "m_2", "m_3"])
    }

    @Test func `a step that has begun goes on when its file is back, even if another was put before it`() async throws {
        let state = try await enrolled([.parts])
        try await state.send(as: "m_1", now: due)
        _ = try await state.adopt([], now: due)
        _ = try await state.adopt([.make(steps: [.text("before", 10, .minute), .parts])], now: due)
        for part in 2...3 { try await state.send(as: "m_\(part)", now: due) }
        #expect(try await state.delivery("parts")?.messageIDs == ["m_1", "m_2", "m_3"])
    }

    @Test func `a step that has begun and leaves has failed`() async throws {
        let state = try await enrolled([.parts, .text("day", 20, .hour)])
        try await state.send(as: "m_1", now: due)
        _ = try await state.adopt([.make(steps: [.text("day", 20, .hour)])], now: due)
        #expect(
            try await state.ledger() == [
                "parts failed the step was removed from the file after 1 of its parts had been sent"
            ]
        )
        #expect(try await state.next()?.step == "day")
    }

    @Test func `another configured zone moves calendar steps, and only those`() async throws {
        let steps = [Step.text("hour", 30, .hour), .text("day", 2, .day)]
        let state = try await TemporaryStore([.make(quiet: QuietHours(start: 0, end: 9 * 60), steps: steps)])
        try await state.ingest(.message("1"), now: now)
        #expect(try await state.next()?.due == moment("2027-01-05T09:00:00Z"))
        let quiet = [DripSequence.make(quiet: QuietHours(start: 0, end: 12 * 60), steps: steps)]
        // 09:00 UTC is 10:00 in Berlin.
        let report = try await state.adopt(quiet, zone: .berlin, now: now)
        #expect(report.moved == 1)
        #expect(try await state.next()?.due == moment("2027-01-05T11:00:00Z"))
        #expect(try await state.adopt(quiet, zone: .hoChiMinh, now: now).changed == ["care"])
        #expect(try await state.next()?.due == moment("2027-01-05T09:00:00Z"))
    }

    @Test func `a zone of the sequence's own is not touched by the configured one`() async throws {
        let sequence = DripSequence.make(zone: .hoChiMinh, steps: .care)
        let state = try await TemporaryStore([sequence])
        #expect(try await state.adopt([sequence], zone: .berlin, now: now) == AdoptionReport())
    }

    @Test func `a start with other files than the last is a reload`() async throws {
        let state = try await behindHello()
        try await state.reopen([.make(steps: [.text("hello", 15, .minute), .text("week", 1, .week)])], now: due)
        #expect(try await state.next()?.step == "week")
    }

    private func enrolled(_ steps: [Step]) async throws -> TemporaryStore {
        let state = try await TemporaryStore([.make(steps: steps)])
        try await state.ingest(.message("1"), now: now)
        return state
    }

    private func behindHello() async throws -> TemporaryStore {
        let state = try await enrolled(.care)
        try await state.send(now: due)
        return state
    }
}
