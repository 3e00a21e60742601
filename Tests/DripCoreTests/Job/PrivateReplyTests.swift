import DripCore
import TestSupport
import Testing

/// What may answer a comment: one message within seven days, though no window is open.
@Suite struct PrivateReplyTests {
    private let catalog = Catalog(
        zone: .hoChiMinh,
        sequences: [.make(late: LateRule(after: .days(30), then: .skip), steps: .care)]
    )

    @Test(arguments: [15, 7 * 1440 - 6])
    func `it goes out until shortly before the seventh day is over`(minutes: Int64) {
        #expect(admit(now: .start + .minutes(minutes)).sent == "private_reply: hello")
    }

    @Test(arguments: [7 * 1440 - 5, 7 * 1440])
    func `and not later`(minutes: Int64) {
        #expect(admit(now: .start + .minutes(minutes)).sent == nil)
    }

    @Test func `without a comment, or when its reply is used, the step waits for the person`() {
        #expect(admit(now: .start + .minutes(15), comment: nil) == .wait(until: .start + .days(30), .window))
    }

    @Test func `while the person's window is open the step goes out in it, and the reply is kept`() {
        let person = Person.make(windowEnds: .start + .hours(24))
        #expect(admit(now: .start + .minutes(15), person).sent == "standard_window: hello")
    }

    @Test func `it is one message, so only a step's first`() {
        #expect(admit(now: .start + .minutes(15), part: 1).sent == nil)
    }

    @Test func `somebody whose address nobody knows yet gets no template`() {
        let order = UtilityTemplate(name: "t", language: "vi", parameters: [])
        let steps = [Step.make("hello", Offset(15, .minute), outsideWindow: [.utility(order)], text: [.literal("x")])]
        let catalog = Catalog(zone: .hoChiMinh, sequences: [.make(steps: steps)])
        func admit(_ address: String) -> Admission {
            let person = Person.make(address: address, lastWroteAt: address == "77" ? .start : nil)
            return catalog.admit(.make("hello", of: person), now: .start + .minutes(15))
        }
        #expect(admit(Comment.placeholder(for: "1_9")) == .wait(until: .start + .days(1), .window))
        #expect(admit("78") == .wait(until: .start + .days(1), .window))
        #expect(admit("77").sent == "utility_template: t vi")
    }

    @Test func `the request goes to the comment, and the answer tells the person's address`() {
        let claim = claim(comment: "1_9")
        #expect(claim.recipient == .comment("1_9"))
        #expect(claim.dispatch.kind == .privateReply)
        let accepted = Outcome.accepted(messageID: "m_1", address: "77")
        #expect(claim.settle(accepted, now: .start, jitter: 0).person == .known(address: "77"))
        let same = Outcome.accepted(messageID: "m_1", address: Event.testPerson)
        #expect(claim.settle(same, now: .start, jitter: 0).person == nil)
        let silent = Outcome.accepted(messageID: "m_1")
        #expect(claim.settle(silent, now: .start, jitter: 0).person == nil)
    }

    @Test func `a message to a person says nothing of who that is`() {
        let claim = claim(comment: nil)
        #expect(claim.recipient == .person(Event.testPerson))
        #expect(claim.dispatch.kind == .text)
        let accepted = Outcome.accepted(messageID: "m_1", address: "77")
        #expect(claim.settle(accepted, now: .start, jitter: 0).person == nil)
    }

    private func admit(
        now: Instant,
        _ person: Person = .make(),
        part: Int = 0,
        comment: String? = "1_9"
    ) -> Admission {
        catalog.admit(.make("hello", of: person, part: part, comment: comment), now: now)
    }

    private func claim(comment: String?) -> Claim {
        Claim(
            job: .make("hello", of: .make(), comment: comment),
            number: 1,
            dispatch: Dispatch(
                message: .text("hello", buttons: []),
                following: [],
                permission: comment == nil ? .standardWindow : .privateReply,
                position: .minutes(15),
                sequenceHash: "h",
                bodyHash: "b"
            )
        )
    }
}
