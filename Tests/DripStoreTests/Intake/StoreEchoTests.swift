import ControlAPI
import DripCore
import DripStore
import TestSupport
import Testing

/// An echo that carries a delivery's key proves that it arrived, whatever else is known, and whenever it comes.
@Suite struct StoreEchoTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    @Test func `it turns a delivery in doubt into a sent one`() async throws {
        let (state, claim) = try await sending(.care)
        try await state.record(.inDoubt(why: "timeout"), of: claim, now: due)
        #expect(try await state.ingest(.echo("m_1", of: claim.key), now: due + .minutes(1)).confirmed == 1)
        #expect(try await state.ledger() == ["hello sent"])
        #expect(try await state.delivery("hello")?.messageIDs == ["m_1"])
        let status = try await state.store.status()
        #expect((status.sent, status.inDoubt) == (1, 0))
        #expect(try await state.next()?.step == "day")
    }

    @Test(arguments: [Outcome.inDoubt(why: "timeout"), .refused(.retry), .refused(.person)])
    func `it may come before the answer, which then counts for nothing`(outcome: Outcome) async throws {
        let (state, claim) = try await sending(.care)
        try await state.ingest(.echo("m_1", of: claim.key), now: due + .seconds(1))
        try await state.record(outcome, of: claim, now: due + .seconds(30))
        #expect(try await state.ledger() == ["hello sent"])
        #expect(try await state.delivery("hello")?.messageIDs == ["m_1"])
        #expect(try await state.next()?.step == "day")
    }

    @Test func `it may come before the process dies`() async throws {
        let (state, claim) = try await sending(.care)
        try await state.ingest(.echo("m_1", of: claim.key), now: due + .seconds(1))
        #expect(try await state.store.recover(now: due + .minutes(1)) == 0)
        #expect(try await state.ledger() == ["hello sent"])
    }

    @Test func `one of a part before the process dies lets the next part go`() async throws {
        let (state, claim) = try await sending([.parts])
        try await state.ingest(.echo("m_1", of: claim.key), now: due + .seconds(1))
        #expect(try await state.store.recover(now: due + .minutes(1)) == 0)
        let next = try #require(try await state.claim(now: due + .minutes(1)).first)
        #expect(next.dispatch.message == .images([.url("https://example.com/1.jpg")]))
    }

    @Test func `one of an earlier part proves nothing`() async throws {
        let (state, text) = try await sending([.parts])
        try await state.record(.accepted(messageID: "m_1"), of: text, now: due)
        let image = try #require(try await state.claim(now: due).first)
        try await state.record(.inDoubt(why: "timeout"), of: image, now: due)
        #expect(try await state.ingest(.echo("m_1", of: text.key), now: due).confirmed == 0)
        #expect(try await state.ledger() == ["parts in_doubt timeout"])
        #expect(try await state.ingest(.echo("m_2", of: image.key), now: due).confirmed == 1)
        #expect(try await state.claim(now: due).map(\.job.part) == [2])
    }

    @Test func `half of a step was in doubt: the other half follows`() async throws {
        let (state, text) = try await sending([.parts])
        try await state.record(.inDoubt(why: "timeout"), of: text, now: due)
        #expect(try await state.ledger() == ["parts in_doubt timeout"])
        let report = try await state.ingest(.echo("m_1", of: text.key), now: due + .minutes(1))
        #expect((report.confirmed, report.earliestDue) == (1, due + .minutes(1)))
        #expect(try await state.ledger() == [])
        let image = try #require(try await state.claim(now: due + .minutes(1)).first)
        #expect(image.dispatch.message == .images([.url("https://example.com/1.jpg")]))
        try await state.record(.accepted(messageID: "m_2"), of: image, now: due + .minutes(1))
        let video = try #require(try await state.claim(now: due + .minutes(1)).first)
        try await state.record(.inDoubt(why: "timeout"), of: video, now: due + .minutes(1))
        #expect(try await state.ingest(.echo("m_3", of: video.key), now: due + .minutes(2)).earliestDue == nil)
        #expect(try await state.ledger() == ["parts sent"])
        #expect(try await state.delivery("parts")?.messageIDs == ["m_1", "m_2", "m_3"])
        #expect(try await state.store.status().underWay == 0)
    }

    @Test func `it does not follow for somebody who wants nothing more`() async throws {
        let (state, text) = try await sending([.parts])
        try await state.record(.inDoubt(why: "timeout"), of: text, now: due)
        _ = try await state.store.stop(Event.testPerson, sequence: nil, now: due)
        #expect(try await state.ingest(.echo("m_1", of: text.key), now: due + .minutes(1)).confirmed == 1)
        #expect(try await state.ledger() == ["parts skipped stopped"])
        #expect(try await state.delivery("parts")?.messageIDs == ["m_1"])
        #expect(try await state.claim(now: due + .minutes(1)).isEmpty)
    }

    @Test func `nor where the files have the step no more, which is said`() async throws {
        let (state, text) = try await sending([.parts])
        try await state.record(.inDoubt(why: "timeout"), of: text, now: due)
        _ = try await state.adopt([.make(steps: .care)], now: due)
        #expect(try await state.ingest(.echo("m_1", of: text.key), now: due + .minutes(1)).confirmed == 1)
        #expect(
            try await state.ledger() == [
                "parts failed the remaining parts were not sent: "
                    + "step 'parts' is in no file any more, so it can't be sent again"
            ]
        )
    }

    @Test func `the operator's word that it arrived lets the other half follow, too`() async throws {
        let (state, text) = try await sending([.parts])
        try await state.record(.inDoubt(why: "timeout"), of: text, now: due)
        try await state.store.resolve(Event.testPerson, sequence: "care", step: "parts", as: .sent, now: due)
        #expect(try await state.claim(now: due).map(\.job.part) == [1])
    }

    @Test func `it keeps a message that was refused for now, and delivered all the same, from going again`()
        async throws
    {
        let (state, claim) = try await sending(.care)
        try await state.record(.refused(.retry), of: claim, now: due)
        try await state.ingest(.echo("m_1", of: claim.key), now: due + .seconds(1))
        #expect(try await state.claim(now: due + .seconds(1)).isEmpty)
        #expect(try await state.ledger() == ["hello sent"])
        #expect(try await state.delivery("hello")?.messageIDs == ["m_1"])
        #expect(try await state.next()?.step == "day")
    }

    @Test func `one of a delivery that is known to be sent changes nothing`() async throws {
        let (state, claim) = try await sending(.care)
        try await state.record(.accepted(messageID: "m_1"), of: claim, now: due)
        let before = try await state.store.person(Event.testPerson)
        #expect(try await state.ingest(.echo("m_1", of: claim.key), now: due).confirmed == 0)
        #expect(try await state.store.person(Event.testPerson) == before)
    }

    @Test func `one of another installation's delivery proves nothing`() async throws {
        let (state, claim) = try await sending(.care)
        try await state.record(.inDoubt(why: "timeout"), of: claim, now: due)
        let other = DeliveryKey(instance: "other", enrollment: claim.key.enrollment, step: "hello", part: 0)
        #expect(try await state.ingest(.echo("m_1", of: other), now: due).confirmed == 0)
        #expect(try await state.ledger() == ["hello in_doubt timeout"])
    }

    private func sending(_ steps: [Step]) async throws -> (TemporaryStore, Claim) {
        let state = try await TemporaryStore([.make(steps: steps)])
        try await state.ingest(.message("1"), now: now)
        return (state, try #require(try await state.claim(now: due).first))
    }
}
