import DripCore
import TestSupport
import Testing

/// By which address a step is sent.
@Suite struct ChoosingWayTests {
    private static let email = ChannelRules(
        name: ChannelName(rawValue: "email"),
        noun: "e-mail",
        policy: SendPolicy(window: nil, consentFor: [.care, .promotion], refusalMayBeBlock: false),
        content: [
            ContentField("subject", "", limit: 20, isRequired: true),
            ContentField("text", "", limit: 100, isRequired: true),
        ]
    )
    private static let push = ChannelRules(
        name: ChannelName(rawValue: "push"),
        noun: "web push",
        policy: SendPolicy(window: nil, consentFor: [.care], refusalMayBeBlock: true),
        content: [ContentField("title", "", limit: 20, isRequired: true)]
    )
    private static let messenger = ChannelRules(name: .messenger, noun: "Messenger", policy: .conversation)

    private let week = Instant.start + .days(7)

    private func step(
        via: [ChannelName]? = nil,
        outsideWindow: [OutsideWindow] = [],
        onlyIf: Condition? = nil,
        subject: String = "A week"
    ) -> Step {
        Step(
            id: "week",
            after: Offset(1, .week),
            outsideWindow: outsideWindow,
            onlyIf: onlyIf,
            variants: [Variant(text: TextTemplate(segments: [.literal("week")]), weight: 1)],
            via: via,
            channels: [
                Self.email.name: ["subject": TextTemplate(segments: [.literal(subject)])],
                Self.push.name: ["title": TextTemplate(segments: [.literal("A week")])],
            ]
        )
    }

    private func address(
        _ id: Int64,
        _ channel: ChannelName,
        windowEnds: Instant? = nil,
        unreachable: String? = nil,
        blockedAt: Instant? = nil
    ) -> Address {
        Address(
            id: AddressID(rawValue: id),
            account: Account(id: AccountID(rawValue: id), channel: channel, externalID: "\(id)"),
            externalID: "\(channel.rawValue)-\(id)",
            windowEnds: windowEnds,
            unreachable: unreachable,
            blockedAt: blockedAt
        )
    }

    private func given(_ channel: ChannelName, _ purpose: Purpose = .care) -> ConsentRecord {
        ConsentRecord(at: .start, kind: .given, channel: channel, purpose: purpose, source: .ask)
    }

    private func withdrawn(_ channel: ChannelName?, _ purpose: Purpose? = nil) -> ConsentRecord {
        ConsentRecord(at: .start, kind: .withdrawn, channel: channel, purpose: purpose, source: .page)
    }

    /// In words: what is sent by which address, where the job moves, or why not.
    private func admit(
        _ step: Step,
        _ addresses: [Address],
        _ consents: [ConsentRecord] = [],
        refusals: [AddressID: Delivery] = [:],
        at place: Int = 0,
        purpose: Purpose = .care,
        now: Instant? = nil,
        part: Int = 0
    ) -> String {
        var sequence = DripSequence.make(steps: [step])
        sequence.purpose = purpose
        var catalog = Catalog(zone: .hoChiMinh, sequences: [sequence])
        catalog.channels = [Self.messenger, Self.email, Self.push].map { ConfiguredChannel(rules: $0, accounts: []) }
        var person = Person.make()
        person.address = addresses[place]
        let enrollment = Enrollment(
            id: EnrollmentID(rawValue: 7),
            person: person.id,
            sequence: "care",
            round: 1,
            anchor: .start,
            position: nil,
            cameBy: addresses[0].id
        )
        let job = Job(
            enrollment: enrollment,
            person: person,
            step: "week",
            scheduled: week,
            attempt: 0,
            part: part,
            waitingFor: nil
        )
        let ways = Ways(addresses: addresses, consents: consents, refusals: refusals)
        switch catalog.admit(job, now: now ?? week, ways: { ways }) {
        case .send(let dispatch): return "\(addresses[place].account.channel.rawValue): \(dispatch.permission.rawValue)"
        case .move(let address): return "move to \(address.externalID)"
        case .wait(_, let reason): return "wait \(reason.rawValue)"
        case .skip(let reason): return "skip \(reason.rawValue)"
        case .fail(let why): return "fail: \(why)"
        case .refused(let delivery): return "refused: \(delivery.reason ?? "")"
        }
    }

    private func admit(
        _ addresses: [Address],
        _ consents: [ConsentRecord] = [],
        refusals: [AddressID: Delivery] = [:],
        at place: Int = 0,
        purpose: Purpose = .care,
        now: Instant? = nil,
        part: Int = 0
    ) -> String {
        admit(step(), addresses, consents, refusals: refusals, at: place, purpose: purpose, now: now, part: part)
    }

    private let closed = Instant.start + .hours(24)
    private var open: Instant { week + .hours(24) }

    @Test func `an open conversation comes first, and a closed one is followed by what the person agreed to`() {
        let mail = address(2, Self.email.name)
        #expect(
            admit([address(1, .messenger, windowEnds: open), mail], [given(Self.email.name)])
                == "messenger: standard_window"
        )
        let silent = [address(1, .messenger, windowEnds: closed), mail]
        #expect(admit(silent, [given(Self.email.name)]) == "move to email-2")
        #expect(admit(silent, [given(Self.email.name)], at: 1) == "email: consent")
    }

    @Test func `a job that is at the mail comes back when the conversation is open again`() {
        let ways = [address(1, .messenger, windowEnds: open), address(2, Self.email.name)]
        #expect(admit(ways, [given(Self.email.name)], at: 1) == "move to messenger-1")
    }

    @Test func `via sets the order, and leaves out what it does not name`() {
        let ways = [address(1, .messenger, windowEnds: open), address(2, Self.email.name), address(3, Self.push.name)]
        let all = [given(Self.email.name), given(Self.push.name)]
        #expect(admit(step(via: [Self.push.name, .messenger]), ways, all) == "move to push-3")
        #expect(admit(step(via: [Self.email.name]), [ways[0]], all) == "skip no_address")
    }

    @Test func `without consent nothing is sent, and the reason says so`() {
        let ways = [address(1, .messenger, windowEnds: closed), address(2, Self.email.name)]
        #expect(admit(step(via: [Self.email.name]), ways) == "skip no_consent")
        let refused = [given(Self.email.name), withdrawn(Self.email.name, .care)]
        #expect(admit(step(via: [Self.email.name]), ways, refused) == "skip no_consent")
        // Given again, later, by the person.
        #expect(admit(step(via: [Self.email.name]), ways, refused + [given(Self.email.name)]) == "move to email-2")
        // News of an order needs none.
        #expect(admit(step(via: [Self.email.name]), ways, purpose: .transaction) == "move to email-2")
    }

    @Test func `promotion that was withdrawn everywhere is not sent in an open window either`() {
        let ways = [address(1, .messenger, windowEnds: open)]
        #expect(admit(ways, purpose: .promotion) == "messenger: standard_window")
        #expect(admit(ways, [withdrawn(nil, .promotion)], purpose: .promotion) == "skip no_consent")
        #expect(admit(ways, [withdrawn(nil, .promotion)]) == "messenger: standard_window")
    }

    @Test func `a wait in the file comes before the next channel, and holds it for so long`() {
        let ways = [address(1, .messenger, windowEnds: closed), address(2, Self.email.name)]
        let waiting = step(outsideWindow: [.wait(.days(2))])
        #expect(admit(waiting, ways, [given(Self.email.name)]) == "wait window")
        #expect(admit(waiting, ways, [given(Self.email.name)], now: week + .days(2)) == "move to email-2")
    }

    @Test func `without another way it waits for the person as before`() {
        let silent = [address(1, .messenger, windowEnds: closed)]
        #expect(admit(silent) == "wait window")
        #expect(admit(silent, now: week + .days(1) + Milliseconds(1)) == "skip late")
    }

    @Test func `an address that refused it is not tried again, and the last refusal ends the step`() {
        let ways = [
            address(1, .messenger, windowEnds: closed), address(2, Self.email.name), address(3, Self.push.name),
        ]
        let no = [AddressID(rawValue: 2): Delivery(state: .failed, reason: "550 no", errorClass: "message")]
        let all = [given(Self.email.name), given(Self.push.name)]
        #expect(admit(ways, all, refusals: no, at: 1) == "move to push-3")
        // The conversation may still open in time.
        let two = Array(ways.prefix(2))
        #expect(admit(two, all, refusals: no, at: 1) == "move to messenger-1")
        #expect(admit(two, all, refusals: no) == "wait window")
        #expect(admit(two, all, refusals: no, now: week + .days(1) + Milliseconds(1)) == "refused: 550 no")
        let via = step(via: [Self.email.name])
        #expect(admit(via, two, all, refusals: no, at: 1) == "refused: 550 no")
    }

    @Test func `after what may be a block, no other channel for seven days`() {
        let blocked = address(1, .messenger, windowEnds: closed, unreachable: "551", blockedAt: week - .days(6))
        let mail = address(2, Self.email.name)
        #expect(admit([blocked, mail], [given(Self.email.name)]) == "skip unreachable")
        let earlier = address(1, .messenger, windowEnds: closed, unreachable: "551", blockedAt: week - .days(7))
        #expect(admit([earlier, mail], [given(Self.email.name)]) == "move to email-2")
    }

    @Test func `of several addresses on a channel, the newest that can be reached`() {
        let mails = [
            address(1, .messenger, windowEnds: closed), address(2, Self.email.name), address(3, Self.email.name),
            address(4, Self.email.name, unreachable: "550 5.1.1"),
        ]
        #expect(admit(mails, [given(Self.email.name)]) == "move to email-3")
    }

    @Test func `half of a step is not followed by the other half elsewhere`() {
        let ways = [address(1, .messenger, windowEnds: closed), address(2, Self.email.name)]
        #expect(!admit(ways, [given(Self.email.name)], part: 1).hasPrefix("move"))
    }

    @Test func `only_if can`() {
        let ways = [address(1, .messenger, windowEnds: open), address(2, Self.email.name)]
        let conditional = step(via: [.messenger], onlyIf: .can(Self.email.name))
        #expect(admit(conditional, ways, [given(Self.email.name)]) == "messenger: standard_window")
        #expect(admit(conditional, ways) == "skip condition")
        #expect(admit(conditional, [ways[0]], [given(Self.email.name)]) == "skip condition")
    }

    @Test func `content that is too long for one channel lets the next have it`() {
        let ways = [
            address(1, .messenger, windowEnds: closed), address(2, Self.email.name), address(3, Self.push.name),
        ]
        let long = step(subject: String(repeating: "x", count: 21))
        let all = [given(Self.email.name), given(Self.push.name)]
        #expect(admit(long, ways, all) == "move to push-3")
        let alone = step(via: [Self.email.name], subject: String(repeating: "x", count: 21))
        #expect(admit(alone, ways, all) == "fail: the e-mail subject has 21 characters for this person, over 20")
        #expect(
            admit(step(via: [Self.email.name], subject: String(repeating: "x", count: 20)), ways, all)
                == "move to email-2"
        )
    }
}
