import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

/// What the ledger keeps of a step.
@Suite struct StoreLedgerTests {
    private let now = Instant.start
    private let week = Instant.start + .days(7)

    @Test func `a split test's variant, the body's hash and the permission`() async throws {
        let variants = ["a", "b"].map { Variant(text: TextTemplate(segments: [.literal($0)]), weight: 1) }
        let sequence = DripSequence.make(steps: [.make("hello", Offset(15, .minute), variants: variants)])
        let state = try await TemporaryStore([sequence])
        for number in 1...20 { try await state.ingest(.message("\(number)", from: "\(number)"), now: now) }
        let claims = try await state.claim(now: now + .minutes(15))
        #expect(claims.count == 20)
        for claim in claims {
            try await state.record(.accepted(messageID: "m"), of: claim, now: now + .minutes(15))
            let address = claim.job.person.address.externalID
            let delivery = try #require(try await state.delivery("hello", of: address))
            let body = try #require(
                state.store.catalog.body(of: sequence.steps[0], for: claim.job.person, round: 1, in: sequence)
            )
            #expect(claim.dispatch.message == body.parts[0])
            #expect(delivery.variant == body.variant.map { $0 + 1 })
            #expect(delivery.bodyHash == body.hash)
            #expect(delivery.permission == "standard_window")
            #expect(delivery.sequenceHash == sequence.hash)
        }
        let counts = try await state.store.person("1").enrollments.count
        #expect(counts == 1)
    }

    @Test func `a utility template goes out by its own permission`() async throws {
        let state = try await waitingForTemplate()
        let claim = try #require(try await state.claim(now: week).first)
        #expect(claim.dispatch.permission == .utilityTemplate)
        try await state.record(.accepted(messageID: "m_1"), of: claim, now: week)
        let delivery = try #require(try await state.delivery("week"))
        #expect((delivery.state, delivery.permission, delivery.variant) == ("sent", "utility_template", nil))
        #expect(delivery.bodyHash == claim.dispatch.bodyHash)
    }

    @Test func `one that was on its way when the process died keeps all of it`() async throws {
        let state = try await waitingForTemplate()
        let claim = try #require(try await state.claim(now: week).first)
        try await state.reopen([sequence], now: week + .minutes(1))
        #expect(try await state.store.recover(now: week + .minutes(1)) == 1)
        let delivery = try #require(try await state.delivery("week"))
        #expect((delivery.state, delivery.permission) == ("in_doubt", "utility_template"))
        #expect(delivery.bodyHash == claim.dispatch.bodyHash)
        #expect(delivery.sequenceHash == sequence.hash)
    }

    @Test func `a template is the step's last part, also where the step has more`() async throws {
        let state = try await waitingForTemplate()
        let claim = try #require(try await state.claim(now: week).first)
        let key = DeliveryKey(instance: "test", enrollment: claim.job.enrollment.id, step: "week", part: 0)
        try await state.ingest(.echo("m_1", of: key), now: week)
        try await state.reopen([sequence], now: week + .minutes(1))
        #expect(try await state.store.recover(now: week + .minutes(1)) == 0)
        #expect(try await state.ledger() == ["week sent"])
        #expect(try await state.next() == nil)
    }

    private let sequence = DripSequence.make(steps: [
        .make(
            "week",
            Offset(1, .week),
            outsideWindow: [.utility(UtilityTemplate(name: "news", language: "vi", parameters: []))],
            text: [.literal("week")],
            video: .url("https://example.com/v.mp4")
        )
    ])

    private func waitingForTemplate() async throws -> TemporaryStore {
        let state = try await TemporaryStore([sequence])
        try await state.ingest(.message("1"), now: now)
        return state
    }
}
