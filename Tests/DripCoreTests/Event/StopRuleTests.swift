import DripCore
import Foundation
import TestSupport
import Testing

/// What ends a person's way before its last step.
@Suite struct StopRuleTests {
    private let instant = Milliseconds(1)

    @Test(arguments: [
        Event.Kind.message(text: "Xin chào", payload: nil, ref: nil), .message(text: nil, payload: "x", ref: nil),
        .postback(payload: "x", ref: nil),
    ])
    func `replied - whatever the person writes or taps ends it`(kind: Event.Kind) {
        #expect(Decision(.replied, .of(kind, key: "k"), underWay: ["care"]).effects == ["end care replied"])
    }

    @Test(arguments: [
        Event.Kind.referral(ref: nil), .reaction, .delivered, .read, .other("optin"),
        .echo(messageID: "m", delivery: nil, isHuman: true),
    ])
    func `replied - what is no answer does not`(kind: Event.Kind) {
        #expect(
            Decision(.replied, .of(kind, key: "k"), underWay: ["care"]).effects
                .filter { !["human", "delivered", "read"].contains($0) } == []
        )
    }

    @Test func `replied - not by the message that enrolled`() {
        #expect(Decision(.replied, .message("1"), of: .make()).effects == ["enroll care 1 first_message"])
    }

    @Test func `replied - not by what is dated before the start, or at it`() {
        func at(_ at: Instant) -> [String] {
            let begun = ["care": Round(number: 1, anchor: .start, underWay: true)]
            return Decision(.replied, .message("1"), at: at, rounds: begun).effects
        }
        #expect(at(.start - .minutes(5)) == [])
        #expect(at(.start) == [])
        #expect(at(.start + instant) == ["end care replied"])
    }

    @Test func `replied - somebody who is through, or was never in, is not ended`() {
        let over = ["care": Round(number: 1, anchor: .start - .days(9), underWay: false)]
        #expect(Decision(.replied, .message("1"), rounds: over).effects == [])
        #expect(Decision(.replied, .message("1")).effects == [])
    }

    @Test func `replied - a sequence that does not say so goes on`() {
        #expect(Decision([.make(steps: .care)], .message("1"), underWay: ["care"]).effects == [])
    }

    @Test func `replied - a message that ends a round may begin the next`() {
        let sequence = DripSequence.make(start: [.message([Phrase("x")])], again: .always, steps: .care) {
            $0.stop = [.replied]
        }
        #expect(
            Decision([sequence], .message("1", text: "x"), underWay: ["care"]).effects
                == ["end care replied", "enroll care 2 message"]
        )
    }

    @Test func `tag - it ends when the person gets it, and not when they have it`() {
        let sequence = DripSequence.make(steps: .care) { $0.stop = [.tag("bought")] }
        let tap = Event.message("1", payload: "dripd/tag/bought")
        #expect(Decision([sequence], tap, underWay: ["care"]).effects == ["tag bought", "end care tagged"])
        let tagged = Person.make(firstMessageAt: .start, tags: ["bought"])
        #expect(Decision([sequence], tap, of: tagged, underWay: ["care"]).effects == [])
        let other = Event.message("1", payload: "dripd/tag/other")
        #expect(Decision([sequence], other, underWay: ["care"]).effects == ["tag other"])
        #expect(
            Decision(tag: "bought", [sequence], of: .make(), underWay: ["care"]).effects
                == ["tag bought", "end care tagged"]
        )
    }

    @Test func `sequence - starting B ends A, and A's own start does not`() {
        let a = DripSequence.make("a", start: [.ref("a")], again: .always, steps: .care) {
            $0.stop = [.sequence("b"), .sequence("a")]
        }
        let b = DripSequence.make("b", start: [.ref("b")], steps: .care)
        #expect(
            Decision([a, b], .message("1", ref: "b"), underWay: ["a"]).effects
                == ["enroll b 1 ref:b", "end a other_sequence"]
        )
        #expect(Decision([a, b], .message("1", ref: "a")).effects == ["enroll a 1 ref:a"])
        #expect(Decision([a, b], .message("1", ref: "a"), underWay: ["a"]).effects == [])
    }

    @Test func `sequence - a start that 'again' forbids ends nothing`() {
        let a = DripSequence.make("a", start: [.manual], steps: .care) { $0.stop = [.sequence("b")] }
        let b = DripSequence.make("b", start: [.ref("b")], steps: .care)
        let over = ["b": Round(number: 1, anchor: .start - .days(9), underWay: false)]
        #expect(Decision([a, b], .message("1", ref: "b"), underWay: ["a"], rounds: over).effects == [])
    }

    @Test func `sequence - two that one event starts do not end each other`() {
        let a = DripSequence.make("a", steps: .care) { $0.stop = [.sequence("b")] }
        let b = DripSequence.make("b", steps: .care) { $0.stop = [.sequence("a")] }
        #expect(
            Decision([a, b], .message("1"), of: .make()).effects
                == ["enroll a 1 first_message", "enroll b 1 first_message"]
        )
    }

    @Test func `a tag may end one sequence and start another, and that one a third`() {
        let a = DripSequence.make("a", start: [.manual], steps: .care) { $0.stop = [.tag("bought")] }
        let b = DripSequence.make("b", start: [.tag("bought")], steps: .care)
        let c = DripSequence.make("c", start: [.manual], steps: .care) { $0.stop = [.replied, .sequence("b")] }
        let d = DripSequence.make("d", start: [.manual], steps: .care) { $0.stop = [.sequence("b")] }
        #expect(
            Decision(
                [a, b, c, d],
                .message("1", payload: "dripd/tag/bought"),
                underWay: ["a", "c", "d"]
            ).effects == [
                "end c replied", "tag bought", "end a tagged", "enroll b 1 tag:bought", "end d other_sequence",
            ]
        )
    }

    @Test func `each is ended once, whatever rules it meets`() {
        let care = DripSequence.make(start: [.manual], steps: .care) {
            $0.stop = [.optedOut, .replied, .tag("x"), .sequence("b")]
        }
        let b = DripSequence.make("b", start: [.tag("x")], steps: .care)
        let decision = Decision([care, b], .message("1", payload: "dripd/tag/x"), underWay: ["care"])
        #expect(decision.effects == ["end care replied", "tag x", "enroll b 1 tag:x"])
    }
}

extension [DripSequence] {
    /// The care sequence, with one stop rule.
    fileprivate static let replied = [DripSequence.make(steps: .care) { $0.stop = [.replied] }]
}
