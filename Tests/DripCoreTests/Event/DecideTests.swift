import DripCore
import Foundation
import TestSupport
import Testing

@Suite struct DecideTests {
    private let now = Instant.start
    private let opened = Change.openWindow(until: .start + .hours(24))

    @Test func `a first message opens the window, is noted, and enrols`() {
        #expect(
            decide([.make(steps: .care)], .message("1"), .make()) == [
                opened, .firstMessage(at: now), .wrote(at: now),
                .enroll(
                    NewEnrollment(
                        sequence: "care",
                        round: 1,
                        anchor: now,
                        cause: .firstMessage,
                        first: DueStep(step: .text("hello", 15, .minute), due: now + .minutes(15))
                    )
                ),
            ]
        )
    }

    @Test func `the second message opens the window and no more`() {
        let person = Person.make(firstMessageAt: now - .days(2))
        #expect(decide([.make(steps: .care)], .message("2"), person) == [opened, .wrote(at: now)])
    }

    @Test func `a message is dated by its own time, not by ours`() {
        let sequence = DripSequence.make(steps: .care)
        let at = now - .minutes(40)
        let changes = Catalog(zone: .hoChiMinh, sequences: [sequence])
            .decide(.message("1"), at: at, person: .make(), rounds: [:])
        #expect(changes.first == .openWindow(until: at + .hours(24)))
        #expect(enrolled(changes).map(\.anchor) == [at])
    }

    @Test(arguments: [
        Event.Kind.message(text: nil, payload: nil, ref: "tiktok"), .postback(payload: nil, ref: "tiktok"),
        .referral(ref: "tiktok"),
    ])
    func `a ref enrols, whatever brings it`(kind: Event.Kind) {
        let sequence = DripSequence.make(start: [.ref("tiktok")], steps: .care)
        let changes = decide([sequence], .of(kind, key: "k"), .make(firstMessageAt: now - .days(9)))
        #expect(changes.first == opened)
        #expect(enrolled(changes).map(\.cause) == [.ref("tiktok")])
    }

    @Test(arguments: [
        Event.Kind.message(text: nil, payload: nil, ref: "other"), .postback(payload: nil, ref: nil), .reaction,
    ])
    func `another ref, or none, does not`(kind: Event.Kind) {
        let sequence = DripSequence.make(start: [.ref("tiktok")], steps: .care)
        let changes = decide([sequence], .of(kind, key: "k"), .make(firstMessageAt: now))
        #expect(changes.filter { $0 != .wrote(at: now) } == [opened])
    }

    @Test func `a postback before the first message is not a first message`() {
        let tap = Event.of(.postback(payload: nil, ref: nil), key: "k")
        #expect(decide([.make(steps: .care)], tap, .make()) == [opened, .wrote(at: now)])
    }

    @Test func `one event may enrol in several sequences, by name`() {
        let sequences = [
            DripSequence.make("b", start: [.ref("x"), .firstMessage], steps: .care),
            .make("a", start: [.manual, .firstMessage], steps: .care), .make("c", start: [.manual], steps: .care),
        ]
        let enrolled = enrolled(decide(sequences, .message("1", ref: "x"), .make()))
        #expect(enrolled.map(\.sequence) == ["a", "b"])
        #expect(enrolled.map(\.cause) == [.firstMessage, .ref("x")])
    }

    @Test func `manual enrols nobody by itself`() {
        #expect(
            enrolled(decide([.make(start: [.manual], steps: .care)], .message("1", ref: "manual"), .make())).isEmpty
        )
    }

    @Test func `again - never`() {
        #expect(second(.never, previous: ended(daysAgo: 1000)) == nil)
    }

    @Test func `again - always, but not while under way`() {
        #expect(second(.always, previous: ended(daysAgo: 0))?.round == 4)
        #expect(second(.always, previous: Round(number: 3, anchor: now, underWay: true)) == nil)
    }

    @Test func `again - after so many days, counted from the previous start`() {
        let rule = ReenrollmentRule.after(Offset(90, .day))
        #expect(second(rule, previous: ended(daysAgo: 90))?.round == 4)
        let justNot = Round(number: 3, anchor: now - .days(90) + Milliseconds(1), underWay: false)
        #expect(second(rule, previous: justNot) == nil)
        #expect(second(rule, previous: Round(number: 3, anchor: now - .days(91), underWay: true)) == nil)
    }

    @Test func `somebody who asked to get nothing more is not enrolled, though their window opens`() {
        let person = Person.make(stoppedAt: now - .days(1))
        #expect(
            decide([.make(steps: .care)], .message("1"), person) == [opened, .firstMessage(at: now), .wrote(at: now)]
        )
    }

    @Test func `while another app answers, the window opens and the person is heard, but nothing starts`() {
        let care = DripSequence.make(steps: .care)
        let other = DripSequence.make("other", start: [.manual], steps: .care) { $0.stop = [.replied] }
        func overheard(_ text: String) -> Event {
            .of(.message(text: text, payload: nil, ref: nil), key: "m:1", isStandby: true)
        }
        #expect(
            decide([care], overheard("gọi 0912345678"), .make())
                == [opened, .wrote(at: now), .attribute("phone", value: "+84912345678")]
        )
        #expect(decide([care], overheard("dừng"), .make()) == [opened, .wrote(at: now), .stop(at: now)])
        #expect(Decision([other], overheard("x"), underWay: ["other"]).effects == ["end other replied"])
    }

    @Test func `a receipt says what has arrived, or was read, and opens nothing`() {
        let sequences = [DripSequence.make(steps: .care)]
        #expect(decide(sequences, .of(.delivered, key: "d"), .make()) == [.received(until: now, read: false)])
        #expect(decide(sequences, .of(.read, key: "r"), .make()) == [.received(until: now, read: true)])
        #expect(decide(sequences, .of(.read, key: "r"), nil) == [])
    }

    @Test func `an echo with a key confirms the delivery and opens nothing`() {
        let key = DeliveryKey(instance: "i", enrollment: EnrollmentID(rawValue: 4), step: "hello", part: 0)
        #expect(
            decide([.make(steps: .care)], .echo("m_1", of: key), .make()) == [
                .confirm(key, messageID: "m_1", address: Event.testPerson)
            ]
        )
        #expect(
            decide([.make(steps: .care)], .echo("m_1", of: key), nil) == [
                .confirm(key, messageID: "m_1", address: Event.testPerson)
            ]
        )
    }

    @Test(arguments: [
        Event.Kind.echo(messageID: "m_1", delivery: nil, isHuman: false), .other("optin"), .other("feed"),
    ])
    func `what the person did not do opens nothing`(kind: Event.Kind) {
        #expect(decide([.make(steps: .care)], .of(kind, key: "k"), .make()) == [])
    }

    @Test(arguments: [
        Event.Kind.message(text: nil, payload: nil, ref: nil), .postback(payload: nil, ref: nil), .referral(ref: nil),
        .reaction,
    ])
    func `what the person did opens the window`(kind: Event.Kind) {
        #expect(decide([], .of(kind, key: "k"), .make()).first == opened)
    }

    @Test func `an event without a person changes nothing`() {
        #expect(
            decide([.make(steps: .care)], .of(.message(text: nil, payload: nil, ref: nil), key: "k", person: nil), nil)
                == []
        )
    }

    private func decide(_ sequences: [DripSequence], _ event: Event, _ person: Person?) -> [Change] {
        Catalog(zone: .hoChiMinh, sequences: sequences).decide(event, at: now, person: person, rounds: [:])
    }

    private func enrolled(_ changes: [Change]) -> [NewEnrollment] {
        changes.compactMap { if case .enroll(let new) = $0 { new } else { nil } }
    }

    private func ended(daysAgo days: Int64) -> Round {
        Round(number: 3, anchor: now - .days(days), underWay: false)
    }

    private func second(_ again: ReenrollmentRule, previous: Round) -> NewEnrollment? {
        let sequence = DripSequence.make(start: [.ref("x")], again: again, steps: .care)
        let changes = Catalog(zone: .hoChiMinh, sequences: [sequence])
            .decide(.message("1", ref: "x"), at: now, person: .make(firstMessageAt: now), rounds: ["care": previous])
        return enrolled(changes).first
    }
}
