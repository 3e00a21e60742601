import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

/// What people say of themselves is kept, and a word that asks for nothing more is obeyed.
@Suite struct StoreMessageTests {
    private let now = Instant.start

    @Test func `a phone number and an address become attributes, the later ones in place of the earlier`() async throws
    {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1", text: "0912345678 nhé"), now: now)
        try await state.ingest(.message("2", text: "lan@example.com, à quên: 0987 654 321"), now: now + .minutes(1))
        let claims = try await state.store.claim(account: state.account, limit: 1, now: now + .minutes(15)).claims
        #expect(
            claims.first?.job.person.attributes == ["email": "lan@example.com", "phone": "+84987654321"]
        )
    }

    @Test func `a word that asks for nothing more ends what is under way, and nothing begins again`() async throws {
        let state = try await TemporaryStore([.make(again: .always, steps: .care)])
        try await state.ingest(.message("1", text: "xin chào"), now: now)
        try await state.ingest(.message("2", text: "Dừng"), now: now + .minutes(1))
        try await state.ingest(.message("3", text: "xin chào"), now: now + .hours(1))
        let person = try await state.store.person(Event.testPerson)
        #expect(person.summary.stoppedAt == now + .minutes(1))
        #expect(person.enrollments.map(\.endReason) == ["stopped"])
        #expect(person.enrollments[0].deliveries.map(\.reason) == ["stopped"])
        #expect(try await state.next() == nil)
    }
}
