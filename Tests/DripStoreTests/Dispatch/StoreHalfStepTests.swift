import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

/// An enrollment ends while a step of several parts is half sent: the ledger says why, and how many parts arrived.
@Suite struct StoreHalfStepTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    /// What ends the enrollment, and the reason that follows.
    enum End: String, CaseIterable, Sendable {
        case replied
        case tagged
        case otherSequence = "other_sequence"
        case stopped
    }

    @Test(arguments: End.allCases)
    func `the first part arrives after that`(end: End) async throws {
        let (state, text) = try await sending()
        try await self.end(state, end)
        try await state.record(.accepted(messageID: "m_1"), of: text, now: due + .seconds(2))
        #expect(try await state.ledger() == ["parts skipped \(end.rawValue)"])
        let row = try #require(try await state.delivery("parts"))
        #expect((row.messageIDs, row.partsArrived) == (["m_1"], 1))
        #expect(try await state.claim(now: due + .days(1)).isEmpty)
    }

    @Test(arguments: End.allCases, [Outcome.refused(.retry), .unsent(why: "connection refused")])
    func `the second part is refused for now after that`(end: End, outcome: Outcome) async throws {
        let (state, text) = try await sending()
        try await state.record(.accepted(messageID: "m_1"), of: text, now: due)
        let image = try #require(try await state.claim(now: due).first)
        try await self.end(state, end)
        try await state.record(outcome, of: image, now: due + .seconds(2))
        #expect(try await state.ledger() == ["parts skipped \(end.rawValue)"])
        let row = try #require(try await state.delivery("parts"))
        #expect((row.messageIDs, row.partsArrived) == (["m_1"], 1))
    }

    @Test func `the second part becomes too late`() async throws {
        let (state, text) = try await sending()
        try await state.record(.accepted(messageID: "m_1"), of: text, now: due)
        let image = try #require(try await state.claim(now: due).first)
        try await state.record(.unsent(why: "connection refused"), of: image, now: due + .seconds(2))
        #expect(try await state.claim(now: due + .days(30)).isEmpty)
        #expect(try await state.ledger() == ["parts skipped late"])
        let row = try #require(try await state.delivery("parts"))
        #expect((row.messageIDs, row.partsArrived) == (["m_1"], 1))
    }

    @Test(arguments: End.allCases)
    func `the first part is refused for now after that, and nothing arrived`(end: End) async throws {
        let (state, text) = try await sending()
        try await self.end(state, end)
        try await state.record(.refused(.retry), of: text, now: due + .seconds(2))
        #expect(try await state.ledger() == ["parts skipped \(end.rawValue)"])
        #expect(try await state.delivery("parts")?.partsArrived == nil)
    }

    @Test(arguments: End.allCases)
    func `an echo shows the first part after that, and its answer is lost`(end: End) async throws {
        let (state, text) = try await sending()
        try await self.end(state, end)
        try await state.ingest(.echo("m_1", of: text.key), now: due + .seconds(2))
        try await state.record(.inDoubt(why: "timeout"), of: text, now: due + .seconds(3))
        #expect(try await state.ledger() == ["parts skipped \(end.rawValue)"])
        #expect(try await state.delivery("parts")?.partsArrived == 1)
    }

    @Test(arguments: End.allCases)
    func `an echo shows the first part, and the process dies before the answer`(end: End) async throws {
        let (state, text) = try await sending()
        try await self.end(state, end)
        try await state.ingest(.echo("m_1", of: text.key), now: due + .seconds(2))
        #expect(try await state.store.recover(now: due + .seconds(3)) == 0)
        #expect(try await state.ledger() == ["parts skipped \(end.rawValue)"])
        #expect(try await state.delivery("parts")?.partsArrived == 1)
    }

    @Test(arguments: End.allCases)
    func `the first part is in doubt, and shown later`(end: End) async throws {
        let (state, text) = try await sending()
        try await self.end(state, end)
        try await state.record(.inDoubt(why: "timeout"), of: text, now: due + .seconds(2))
        try await state.ingest(.echo("m_1", of: text.key), now: due + .seconds(3))
        #expect(try await state.ledger() == ["parts skipped \(end.rawValue)"])
        #expect(try await state.delivery("parts")?.partsArrived == 1)
    }

    @Test(arguments: End.allCases)
    func `a part waits that was not sent yet`(end: End) async throws {
        let (state, text) = try await sending()
        try await state.record(.accepted(messageID: "m_1"), of: text, now: due)
        try await self.end(state, end)
        #expect(try await state.ledger() == ["parts skipped \(end.rawValue)"])
        #expect(try await state.delivery("parts")?.partsArrived == 1)
    }

    @Test func `the last part arrives after that, and the step was sent`() async throws {
        let (state, text) = try await sending([.text("hello", 15, .minute), .text("day", 20, .hour)])
        try await end(state, .replied)
        try await state.record(.accepted(messageID: "m_1"), of: text, now: due + .seconds(2))
        #expect(try await state.ledger() == ["hello sent"])
        #expect(try await state.delivery("hello")?.partsArrived == nil)
    }

    @Test func `a part that is refused for good leaves those before it`() async throws {
        let (state, text) = try await sending()
        try await state.record(.accepted(messageID: "m_1"), of: text, now: due)
        let image = try #require(try await state.claim(now: due).first)
        try await state.record(.refused(.form), of: image, now: due)
        #expect(try await state.delivery("parts")?.state == "failed")
        #expect(try await state.delivery("parts")?.partsArrived == 1)
    }

    @Test func `an echo of the first part leaves the second one that waits where it is`() async throws {
        let (state, text) = try await sending()
        try await state.record(.accepted(messageID: "m_1"), of: text, now: due)
        try await state.ingest(.echo("m_1", of: text.key), now: due + .seconds(1))
        let image = try #require(try await state.claim(now: due + .seconds(1)).first)
        #expect(image.job.part == 1)
        #expect(image.dispatch.message == .images([.url("https://example.com/1.jpg")]))
        try await state.record(.accepted(messageID: "m_2"), of: image, now: due + .seconds(1))
        let video = try #require(try await state.claim(now: due + .seconds(1)).first)
        // And so does one that comes while the third is on its way.
        try await state.ingest(.echo("m_2", of: image.key), now: due + .seconds(2))
        try await state.record(.inDoubt(why: "timeout"), of: video, now: due + .seconds(2))
        #expect(try await state.ledger() == ["parts in_doubt timeout"])
    }

    // MARK: Late answers

    @Test func `an answer ends the doubt, also after its claim was given up`() async throws {
        let (state, claim) = try await sending(.care)
        _ = try await state.store.recover(now: due + .minutes(1))
        #expect(try await state.ledger() == ["hello in_doubt dripd ended before the answer came"])
        #expect(try await state.record(.accepted(messageID: "m_1"), of: claim, now: due + .minutes(2)))
        #expect(try await state.ledger() == ["hello sent"])
        #expect(try await state.delivery("hello")?.messageIDs == ["m_1"])
        #expect(try await state.store.status().inDoubt == 0)
        // Once.
        try await state.record(.accepted(messageID: "m_1"), of: claim, now: due + .minutes(3))
        #expect(try await state.delivery("hello")?.messageIDs == ["m_1"])
        #expect(try await state.next()?.step == "day")
    }

    @Test func `an answer about the first part lets the second follow`() async throws {
        let (state, claim) = try await sending()
        try await state.record(.inDoubt(why: "timeout"), of: claim, now: due + .minutes(1))
        try await state.record(.accepted(messageID: "m_1"), of: claim, now: due + .minutes(2))
        #expect(try await state.ledger() == [])
        #expect(try await state.claim(now: due + .minutes(2)).map(\.job.part) == [1])
    }

    @Test func `an answer that comes when the message is to be sent once more keeps it from that`() async throws {
        let (state, claim) = try await sending(.care)
        try await state.record(.inDoubt(why: "timeout"), of: claim, now: due + .minutes(1))
        try await state.store.resolve(
            Event.testPerson,
            sequence: "care",
            step: "hello",
            as: .resend,
            now: due + .hours(1)
        )
        try await state.record(.accepted(messageID: "m_1"), of: claim, now: due + .hours(1))
        #expect(try await state.claim(now: due + .hours(1)).isEmpty)
        #expect(try await state.ledger() == ["hello sent"])
    }

    @Test func `a late refusal ends the doubt, too, and one for now leaves it`() async throws {
        let (state, claim) = try await sending(.care)
        try await state.record(.inDoubt(why: "timeout"), of: claim, now: due + .minutes(1))
        try await state.record(.refused(.retry), of: claim, now: due + .minutes(2))
        #expect(try await state.ledger() == ["hello in_doubt timeout"])
        try await state.record(.refused(.form), of: claim, now: due + .minutes(2))
        #expect(try await state.ledger() == ["hello failed 100 no"])
        let status = try await state.store.status()
        #expect((status.inDoubt, status.failed) == (0, 1))
    }

    private func sending(_ steps: [Step] = [.parts]) async throws -> (TemporaryStore, Claim) {
        let state = try await TemporaryStore([
            .make(steps: steps) { $0.stop = [.replied, .tag("bought"), .sequence("other")] },
            .make("other", start: [.manual], steps: [.text("later", 1, .week)]),
        ])
        try await state.ingest(.message("1"), now: now)
        return (state, try #require(try await state.claim(now: due).first))
    }

    private func end(_ state: TemporaryStore, _ end: End) async throws {
        let moment = due + .seconds(1)
        switch end {
        case .replied: try await state.ingest(.message("2", at: moment), now: moment)
        case .tagged: _ = try await state.store.tag([Event.testPerson], with: "bought", now: moment)
        case .otherSequence:
            _ = try await state.store.enroll(Event.testPerson, in: "other", again: false, now: moment)
        case .stopped: _ = try await state.store.stop(Event.testPerson, sequence: "care", now: moment)
        }
    }
}

extension Refusal {
    fileprivate static let form = Refusal(meaning: .message, code: "100", message: "no", retryAfter: nil)
}
