import Channels
import ControlAPI
import DripCore
import DripStore
import Foundation
import TestSupport
import Testing

/// A person's month over two channels, in the store.
@Suite struct WaysTests {
    private static let week = Step(
        id: "week",
        after: Offset(1, .week),
        variants: [Variant(text: TextTemplate(segments: [.literal("week")]), weight: 1)],
        channels: [.email: ["subject": TextTemplate(segments: [.literal("A week")])]]
    )
    private static let hello = Step(
        id: "hello",
        after: Offset(15, .minute),
        variants: [Variant(text: TextTemplate(segments: [.literal("hello")]), weight: 1)],
        ask: Ask(channel: .email, attribute: "email", purpose: .care, text: "Your e-mail?")
    )

    private static let notification = Step(
        id: "notification",
        after: Offset(1, .week),
        variants: [Variant(text: TextTemplate(segments: [.literal("week")]), weight: 1)],
        channels: [
            .push: [
                "title": TextTemplate(segments: [.literal("A week")]),
                "body": TextTemplate(segments: [.literal("is over")]),
            ]
        ]
    )

    private let now = Instant.start
    private var asked: Instant { now + .minutes(15) }
    private var week: Instant { now + .days(7) }

    private static func catalog(_ sequences: [DripSequence], _ others: ConfiguredChannel...) -> Catalog {
        var settings = CatalogSettings.standard
        settings.channels = [ConfiguredChannel(rules: .messenger, accounts: [Event.testPage])] + others
        return Catalog(zone: .hoChiMinh, sequences: sequences).with(settings)
    }

    /// A store with a mail account, and a person who was asked for an address.
    private func state(purpose: Purpose = .care) async throws -> (TemporaryStore, mail: AccountID) {
        var sequence = DripSequence.make(steps: [Self.hello, Self.week])
        sequence.purpose = purpose
        let state = try await TemporaryStore([sequence])
        let mail = try await state.store.accounts(channel: "email", pages: ["shop"])[0]
        let mailSettings = ConfiguredChannel(rules: .email, accounts: ["shop"])
        _ = try await state.store.adopt(Self.catalog([sequence], mailSettings), versions: [], plan: nil, now: now)
        try await state.ingest(.message("1"), now: now)
        try await state.send(now: asked)
        return (state, mail)
    }

    /// A person who answered with an address, and stays silent.
    private func reachable(purpose: Purpose = .care) async throws -> (TemporaryStore, mail: AccountID) {
        let (state, mail) = try await state(purpose: purpose)
        try await state.ingest(.message("2", text: "lan@gmail.com"), now: asked + .minutes(1))
        return (state, mail)
    }

    /// Claims what is due by mail, after the dispatcher's pass over the page has moved it there.
    private func claimMail(_ state: TemporaryStore, _ mail: AccountID, now: Instant) async throws -> [Claim] {
        #expect(try await state.claim(now: now).isEmpty)
        return try await state.store.claim(account: mail, limit: 10, now: now).claims
    }

    @Test func `who leaves an address when asked gets the next step there, once`() async throws {
        let (state, mail) = try await reachable()
        let claims = try await claimMail(state, mail, now: week)
        #expect(claims.map(\.job.person.address.externalID) == ["lan@gmail.com"])
        let claim = try #require(claims.first)
        #expect(claim.dispatch.permission == .consent)
        guard case .ofChannel(let content) = claim.dispatch.message.content else { throw Unexpected() }
        #expect(content.fields == ["subject": "A week", "text": "week"])
        try await state.record(.accepted(messageID: "m"), of: claim, now: week)
        #expect(try await state.ledger() == ["hello sent", "week sent"])
        #expect(try await state.delivery("week")?.channel == "email")
        #expect(try await claimMail(state, mail, now: week + .days(1)).isEmpty)
    }

    @Test func `a message to a browser takes the keys of its subscription along`() async throws {
        var sequence = DripSequence.make(steps: [Self.hello, Self.notification])
        sequence.via = [.push, .messenger]
        let state = try await TemporaryStore([sequence])
        let site = try await state.store.accounts(channel: "push", pages: ["site"])[0]
        var settings = CatalogSettings.standard
        settings.channels = [
            ConfiguredChannel(rules: .messenger, accounts: [Event.testPage]),
            ConfiguredChannel(rules: .push, accounts: ["site"]),
        ]
        let catalog = Catalog(zone: .hoChiMinh, sequences: [sequence]).with(settings)
        _ = try await state.store.adopt(catalog, versions: [], plan: nil, now: now)
        try await state.ingest(.message("1"), now: now)
        let isTaken = try await state.store.subscribe(
            AddressID(rawValue: 1),
            on: .push,
            endpoint: "https://push.example/1",
            details: "the keys",
            wording: "subscribe",
            now: now
        )
        #expect(isTaken)
        try await state.send(now: asked)
        let claims = try await claimMail(state, site, now: week)
        #expect(claims.map(\.job.person.address.details) == ["the keys"])
    }

    @Test func `an address that nobody asked for is an attribute, and gets nothing`() async throws {
        let (state, mail) = try await state()
        // Before the step that asks.
        try await state.ingest(.message("9", from: "77", text: "minh@gmail.com"), now: asked)
        #expect(try await state.store.person("77").summary.attributes["email"] == "minh@gmail.com")
        #expect(try await state.store.claim(account: mail, limit: 10, now: week).claims.isEmpty)
        #expect(try await state.ledger(of: "77") == [])
    }

    @Test func `a mail that comes back lets the step fail over once, and closes the address`() async throws {
        let (state, mail) = try await reachable()
        let claim = try #require(try await claimMail(state, mail, now: week).first)
        try await state.record(.accepted(messageID: "m"), of: claim, now: week)
        let sent = SentMail(enrollment: claim.job.enrollment.id, part: 0, stepHash: StableHash.of(["week"]))
        let refusal = Refusal(meaning: .person, code: "550 5.1.1", message: "unknown", retryAfter: nil)
        let effect = try await state.store.returned(sent, refusal: refusal, now: week + .minutes(1))
        #expect(effect == .undelivered(account: mail))
        #expect(try await state.ledger() == ["hello sent"])
        // Nothing else is open: the step waits for the person on the page that they came by.
        #expect(try await state.store.claim(account: mail, limit: 10, now: week + .minutes(1)).claims.isEmpty)
        #expect(try await state.claim(now: week + .minutes(1)).isEmpty)
        try await state.ingest(.message("3"), now: week + .hours(1))
        let again = try #require(try await state.claim(now: week + .hours(1)).first)
        #expect(again.job.person.address.account.channel == .messenger)
        try await state.record(.accepted(messageID: "m2"), of: again, now: week + .hours(1))
        #expect(try await state.ledger() == ["hello sent", "week sent"])
        let delivery = try #require(try await state.delivery("week"))
        #expect(delivery.refusals?.map(\.reason) == ["550 5.1.1 unknown"])
        // The same report again.
        let copy = try await state.store.returned(sent, refusal: refusal, now: week + .hours(2))
        #expect(copy == .nothing(why: "its step is over"))
    }

    @Test func `a refusal by the mail server does the same at once`() async throws {
        let (state, mail) = try await reachable()
        let claim = try #require(try await claimMail(state, mail, now: week).first)
        let refusal = Refusal(meaning: .person, code: "550 5.1.1", message: "unknown", retryAfter: nil)
        try await state.record(.refused(refusal), of: claim, now: week)
        // E-mail was the last way, and the person does not write in time.
        #expect(try await state.store.claim(account: mail, limit: 10, now: week).claims.isEmpty)
        #expect(try await state.claim(now: week).isEmpty)
        #expect(try await state.ledger() == ["hello sent"])
        #expect(try await state.claim(now: week + .days(1) + Milliseconds(1)).isEmpty)
        #expect(try await state.ledger() == ["hello sent", "week failed 550 5.1.1 unknown"])
    }

    @Test func `one click ends mail and promotion, and what runs of it, in one transaction`() async throws {
        let (state, _) = try await reachable(purpose: .promotion)
        let address = try #require(try await mailAddress(of: state))
        #expect(try await state.store.unsubscribe(address, source: .page, evidence: nil, now: week - .days(1)))
        #expect(try await state.ledger() == ["hello sent", "week skipped unsubscribed"])
        #expect(try await !state.store.unsubscribe(address, source: .page, evidence: nil, now: week))
        let linked = try #require(try await state.store.person(with: address))
        #expect(linked.ways.consents.state(on: .email, for: .care) == .withdrawn)
        #expect(linked.ways.consents.state(on: .messenger, for: .promotion) == .withdrawn)
        #expect(linked.ways.consents.state(on: .messenger, for: .care) == .neverAsked)
        #expect(linked.ways.consents.state(on: .email, for: .transaction) == .neverAsked)
    }

    @Test func `a message that comes late takes back no withdrawal that is younger`() async throws {
        let (state, mail) = try await reachable()
        let address = try #require(try await mailAddress(of: state))
        _ = try await state.store.unsubscribe(address, source: .page, evidence: nil, now: asked + .minutes(5))
        // Written before, and found only now, as by a sync.
        let late = Event.message("late", at: asked + .minutes(2), text: "lan@gmail.com")
        try await state.ingest(late, now: asked + .minutes(10))
        #expect(try await claimMail(state, mail, now: week).isEmpty)
    }

    @Test func `care goes on where it may after a mail's link was used`() async throws {
        let (state, mail) = try await reachable()
        let address = try #require(try await mailAddress(of: state))
        _ = try await state.store.unsubscribe(address, source: .page, evidence: nil, now: week - .days(1))
        #expect(try await claimMail(state, mail, now: week).isEmpty)
        try await state.ingest(.message("3"), now: week + .hours(1))
        try await state.send(as: "m_9", now: week + .hours(1))
        #expect(try await state.ledger() == ["hello sent", "week sent"])
    }

    @Test func `a stop word by mail stops everything everywhere, once`() async throws {
        let (state, _) = try await reachable()
        func take() async throws -> MailEffect {
            try await state.store.replied(
                to: nil,
                from: "lan@gmail.com",
                text: "Dừng lại nhé",
                key: "k",
                at: week - .days(1),
                now: week - .days(1)
            )
        }
        #expect(try await take() == .replied)
        #expect(try await take() == .nothing(why: "it was taken before"))
        #expect(try await state.ledger() == ["hello sent", "week skipped stopped"])
    }

    @Test func `an answer by mail pauses the sequence while the team answers`() async throws {
        let (state, mail) = try await reachable()
        let effect = try await state.store.replied(
            to: nil,
            from: "lan@gmail.com",
            text: "Còn hàng không ạ?",
            key: "k",
            at: week - .hours(1),
            now: week - .hours(1)
        )
        #expect(effect == .replied)
        #expect(try await claimMail(state, mail, now: week).isEmpty)
        #expect(try await state.next()?.waitingFor == "human")
    }

    @Test func `who is erased leaves no address and no consent`() async throws {
        let (state, _) = try await reachable()
        let address = try #require(try await mailAddress(of: state))
        _ = try await state.store.forget(Event.testPerson, now: week)
        let gone = try await state.store.person(with: address)
        #expect(gone == nil)
    }

    @Test func `a plan says who gets a step by which way, and why the others do not`() async throws {
        let (state, _) = try await reachable()
        // Has no address, and wrote late enough for one more message on Messenger.
        try await state.ingest(.message("3", from: "2"), now: now + .minutes(20))
        let edited = DripSequence.make(steps: [Self.hello, Self.week, .text("late", 20, .day)])
        let plan = try await state.store.plan(
            Self.catalog([edited], ConfiguredChannel(rules: .email, accounts: ["shop"])),
            people: 0,
            now: now + .minutes(21)
        ).plan.sequences[0]
        #expect(plan.foreseen == 2)
        #expect(
            plan.reach == [
                StepReach(step: "hello", channels: [.init(name: "messenger", people: 1)]),
                StepReach(
                    step: "week",
                    channels: [.init(name: "email", people: 1)],
                    missed: [.init(name: "window_closed", people: 1)]
                ),
                StepReach(step: "late", missed: [.init(name: "window_closed", people: 2)]),
            ]
        )
    }

    @Test func `a job at an account that left the configuration goes on by another way, if there is one`() async throws
    {
        let (state, mail) = try await reachable()
        try await state.ingest(.message("3", from: "2"), now: now)
        // The step has moved to the mail account.
        #expect(try await state.claim(now: week).isEmpty)
        let catalog = Self.catalog(Array(state.store.catalog.sequences.values))
        _ = try await state.store.adopt(catalog, versions: [], plan: nil, now: week)
        #expect(try await state.store.leaveAccounts(now: week) == 1)
        #expect(try await state.store.claim(account: mail, limit: 10, now: week).claims.isEmpty)
        try await state.ingest(.message("4", text: "Shop ơi"), now: week + .minutes(1))
        let claims = try await state.claim(now: week + .minutes(1))
        #expect(claims.map(\.job.step) == ["week"])
        #expect(claims.map(\.job.person.address.account.channel) == [.messenger])
    }

    private func mailAddress(of state: TemporaryStore) async throws -> AddressID? {
        let linked = try await state.store.person(with: AddressID(rawValue: 1))
        return linked?.ways.addresses.first { $0.account.channel == .email }?.id
    }

    private struct Unexpected: Error {}
}
