import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

/// What operators record of a person's consents.
@Suite struct StoreConsentCommandTests {
    private let now = Instant.start
    private let person = "1001"

    private func known() async throws -> TemporaryStore {
        let state = try await TemporaryStore.withChannels([
            .make("care", steps: .care), .make("offer", start: [.manual], steps: .care) { $0.purpose = .promotion },
        ])
        try await state.ingest(.message("1", from: person), now: now)
        return state
    }

    private func record(
        _ kind: ConsentRecord.Kind,
        _ channel: ChannelName?,
        _ purpose: Purpose?,
        _ state: TemporaryStore
    ) async throws -> ConsentAnswer {
        let record = ConsentRecord(
            at: now,
            kind: kind,
            channel: channel,
            purpose: purpose,
            source: .operatorCommand,
            evidence: "call"
        )
        return try await state.store.recordConsent(record, of: person, now: now)
    }

    @Test func `what was given and withdrawn, and what holds now`() async throws {
        let state = try await known()
        #expect(try await record(.given, .testMail, .care, state) == ConsentAnswer(isChange: true, ended: []))
        let report = try await state.store.consents(of: person)
        #expect(report.person == "messenger:1234567890/1001")
        #expect(
            report.states == [
                ConsentSummary(
                    channel: "messenger",
                    purpose: "care",
                    state: "never_asked",
                    isPermitted: true,
                    since: nil
                ),
                ConsentSummary(
                    channel: "messenger",
                    purpose: "promotion",
                    state: "never_asked",
                    isPermitted: true,
                    since: nil
                ),
                ConsentSummary(
                    channel: "messenger",
                    purpose: "transaction",
                    state: "never_asked",
                    isPermitted: true,
                    since: nil
                ),
                ConsentSummary(channel: "email", purpose: "care", state: "given", isPermitted: true, since: now),
                ConsentSummary(
                    channel: "email",
                    purpose: "promotion",
                    state: "never_asked",
                    isPermitted: false,
                    since: nil
                ),
                ConsentSummary(
                    channel: "email",
                    purpose: "transaction",
                    state: "never_asked",
                    isPermitted: true,
                    since: nil
                ),
            ]
        )
        #expect(report.records.map(\.evidence) == ["call"])
    }

    @Test func `an operator never overrules the person, but may correct an operator`() async throws {
        let state = try await known()
        #expect(try await record(.withdrawn, .testMail, .care, state).isChange)
        #expect(try await record(.withdrawn, .testMail, .care, state).isChange == false)
        #expect(try await record(.given, .testMail, .care, state).isChange)
        try await state.consent(.withdrawn, .testMail, .care, of: person)
        let error = await #expect(throws: PersonError.self) { try await record(.given, .testMail, .care, state) }
        #expect(
            error?.description
                == "1001 withdrew care on email on 2027-01-04 (page), and no command overrules that; only they can agree again, "
                + "on their preference page or by an answer"
        )
        await #expect(throws: PersonError.self) { try await state.addMail("lan@example.com", to: person) }
        #expect(try await state.addresses(of: person) == ["messenger:1234567890/1001"])
        #expect(try await record(.given, .testMail, .promotion, state).isChange)
    }

    @Test func `promotion that is withdrawn everywhere ends its sequences`() async throws {
        let state = try await known()
        _ = try await state.store.enroll(person, in: "offer", again: false, now: now)
        #expect(try await record(.withdrawn, .testMail, nil, state).ended == [])
        #expect(try await record(.withdrawn, nil, .promotion, state).ended == ["offer"])
        #expect(try await state.enrollments(of: person).last == "offer 1 unsubscribed")
        #expect(try await record(.withdrawn, nil, nil, state) == ConsentAnswer(isChange: true, ended: []))
    }

    @Test func `an address by hand is stored with its consent, and a second time only the consent`() async throws {
        let state = try await known()
        try await state.addMail("lan@example.com", to: person)
        try await state.addMail("lan@example.com", to: person, for: [.promotion])
        let address = try #require(try await state.store.person(person).addresses.last)
        #expect((address.address, address.givenBy) == ("email:shop/lan@example.com", "operator"))
        #expect(try await state.store.person(person).addresses.count == 2)
        #expect(try await state.store.consents(of: person).records.map(\.purpose) == ["care", "promotion"])
        await #expect(throws: PersonError.noAccount("push")) {
            try await state.store.addAddress(
                "x",
                on: ChannelName(rawValue: "push"),
                account: "shop",
                to: person,
                agreeing: [],
                now: now
            )
        }
    }

    @Test func `the export has everything that is stored about a person`() async throws {
        let state = try await known()
        try await state.ingest(.message("2", from: person, text: "0912345678"), now: now + .minutes(1))
        try await state.addMail("lan@example.com", to: person)
        _ = try await state.store.tag([person], with: "vip", now: now)
        try await state.send(now: now + .minutes(15))
        _ = try await state.store.stop(person, sequence: nil, now: now + .minutes(16))
        let export = try await state.store.export("lan@example.com", now: now + .hours(1))
        #expect(export.attributes == ["phone": "+84912345678"])
        #expect(export.tags == ["vip"])
        #expect(export.addresses.map(\.address) == ["messenger:1234567890/1001", "email:shop/lan@example.com"])
        #expect(export.consents.map(\.purpose) == ["care"])
        #expect(export.consentChanges.map(\.kind) == [.stopped])
        #expect((export.since, export.stoppedAt, export.stoppedBy) == (now, now + .minutes(16), .operatorCommand))
        #expect(export.enrollments.map(\.endReason) == ["stopped"])
        #expect(export.enrollments.flatMap(\.deliveries).map(\.state) == ["sent", "skipped"])
        #expect(export.events.map(\.kind) == ["message", "message"])
    }
}
