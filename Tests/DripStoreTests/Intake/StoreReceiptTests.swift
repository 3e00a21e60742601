import ControlAPI
import DripCore
import DripStore
import TestSupport
import Testing

/// The platform says what has reached the person, and what they have seen.
@Suite struct StoreReceiptTests {
    private let due = Instant.start + .minutes(15)

    @Test func `a receipt holds for what had left by then, though its answer was recorded later`() async throws {
        let state = try await sent(answered: due + .seconds(3))
        try await state.ingest(.of(.read, key: "r1", at: due + .seconds(1)), now: due + .seconds(4))
        #expect(try await state.delivery("hello")?.receipt == "read")
    }

    @Test func `not for what left afterwards`() async throws {
        let state = try await sent(answered: due)
        try await state.ingest(.of(.read, key: "r1", at: due - .seconds(1)), now: due)
        #expect(try await state.delivery("hello")?.receipt == nil)
    }

    @Test func `they may come in any order, and before the answer`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: .start)
        let claim = try #require(try await state.claim(now: due).first)
        try await state.ingest(.of(.delivered, key: "d1", at: due + .seconds(1)), now: due + .seconds(1))
        try await state.record(.accepted(messageID: "m_1"), of: claim, now: due + .seconds(2))
        #expect(try await state.delivery("hello")?.receipt == "delivered")
        try await state.ingest(.of(.read, key: "r2", at: due + .hours(2)), now: due + .hours(2))
        try await state.ingest(.of(.read, key: "r1", at: due - .hours(2)), now: due + .hours(2))
        try await state.ingest(.of(.delivered, key: "d2", at: due + .hours(3)), now: due + .hours(3))
        #expect(try await state.delivery("hello")?.receipt == "read")
    }

    @Test func `it says nothing of what is in doubt, of other people, or of people whom we do not know`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), .message("2", from: "other"), now: .start)
        for claim in try await state.claim(now: due) {
            let isOther = claim.job.person.address.externalID == "other"
            try await state.record(isOther ? .accepted(messageID: "m") : .inDoubt(why: "x"), of: claim, now: due)
        }
        try await state.ingest(
            .of(.read, key: "r1", at: due),
            .of(.read, key: "r2", person: "nobody", at: due),
            now: due
        )
        #expect(try await state.delivery("hello")?.receipt == nil)
        #expect(try await state.delivery("hello", of: "other")?.receipt == nil)
        #expect(try await state.store.status().people == 2)
    }

    private func sent(answered: Instant) async throws -> TemporaryStore {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: .start)
        let claim = try #require(try await state.claim(now: due).first)
        try await state.record(.accepted(messageID: "m_1"), of: claim, now: answered)
        return state
    }
}
