import DripCore
import Foundation
import TestSupport
import Testing

/// `only_if`, looked at when the step goes out.
@Suite struct ConditionAdmissionTests {
    private let due = Instant.start + .minutes(15)
    private let instant = Milliseconds(1)

    @Test func `tag, and not_tag`() {
        let vip = person(tags: ["vip", "other"])
        let nobody = person(tags: ["other"])
        #expect(isSent(.tag("vip"), vip) && !isSent(.tag("vip"), nobody))
        #expect(!isSent(.notTag("vip"), vip) && isSent(.notTag("vip"), nobody))
    }

    @Test func `has - an attribute that is not blank`() {
        #expect(isSent(.has("phone"), person(attributes: ["phone": "0901"])))
        #expect(!isSent(.has("phone"), person(attributes: ["phone": " \u{a0}"])))
        #expect(!isSent(.has("phone"), person(attributes: ["email": "a@b"])))
    }

    @Test func `replied - after the start, not with the message that started it`() {
        func person(wrote: Instant?) -> Person { .make(windowEnds: .start + .hours(24), lastWroteAt: wrote) }
        for (wrote, replied) in [(nil, false), (.start, false), (.start + instant, true)] as [(Instant?, Bool)] {
            #expect(isSent(.replied(true), person(wrote: wrote)) == replied)
            #expect(isSent(.replied(false), person(wrote: wrote)) == !replied)
        }
    }

    @Test func `whom it does not hold for is skipped, and the step counts as over`() {
        #expect(admit(.tag("vip"), person()) == .skip(.condition))
    }

    @Test func `late and stopped come before it, quiet hours and the window behind it`() {
        var stopped = person()
        stopped.stoppedAt = .start
        #expect(admit(.tag("vip"), stopped) == .skip(.stopped))
        #expect(admit(.tag("vip"), person(), at: due + .hours(24) + instant) == .skip(.late))
        let closed = Person.make()
        #expect(admit(.tag("vip"), closed) == .skip(.condition))
        let quiet = QuietHours(start: 0, end: 12 * 60)
        #expect(admit(.tag("vip"), person(), quiet: quiet) == .skip(.condition))
    }

    @Test func `of a step that has begun the rest goes out, whatever it says by now`() {
        let step = Step.make(
            "hello",
            Offset(15, .minute),
            onlyIf: .replied(false),
            text: [.literal("hi")],
            video: .url("https://example.com/v.mp4")
        )
        let replied = Person.make(windowEnds: .start + .hours(24), lastWroteAt: due)
        let job = Job.make("hello", of: replied, scheduled: due, part: 1)
        #expect(Admission.of(job, at: due + instant, .make(steps: [step])).sent == "standard_window: video")
    }

    private func person(attributes: [String: String] = [:], tags: Set<String> = []) -> Person {
        .make(attributes: attributes, windowEnds: .start + .hours(24), tags: tags)
    }

    private func isSent(_ condition: Condition, _ person: Person) -> Bool {
        admit(condition, person).sent != nil
    }

    private func admit(
        _ condition: Condition,
        _ person: Person,
        at now: Instant? = nil,
        quiet: QuietHours? = nil
    ) -> Admission {
        let step = Step.make("hello", Offset(15, .minute), onlyIf: condition, text: [.literal("hello")])
        let sequence = DripSequence.make(quiet: quiet, steps: [step])
        return .of(.make("hello", of: person, scheduled: due), at: now ?? due, sequence)
    }
}
