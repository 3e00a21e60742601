import DripCore
import Foundation
import TestSupport
import Testing

/// `outside_window`: the standard window is closed, and the first permitted way of the list is taken.
@Suite struct OutsideWindowTests {
    private let due = Instant.start + .days(7)
    private let instant = Milliseconds(1)

    @Test func `a utility template goes out by its own permission, its parameters rendered`() {
        let person = Person.make(attributes: ["full_name": "Lan"])
        let admission = admit([.utility(.order)], person)
        #expect(admission.sent == "utility_template: order_news vi ten=Lan loi=Chào bạn")
        guard case .send(let dispatch) = admission else { return }
        #expect(dispatch.isLast)
        #expect(dispatch.variant == nil)
        #expect(dispatch.message.quickReplies == [])
    }

    @Test func `within the window the step itself goes out`() {
        #expect(admit([.utility(.order)], .make(windowEnds: due + .hours(1))).sent == "standard_window: week")
    }

    @Test func `a template with an empty place fails, for it would be refused`() {
        #expect(
            admit([.utility(.order)], .make(attributes: ["full_name": " "]))
                == .fail("the template's parameter 'ten' is empty for this person")
        )
    }

    @Test func `advertising goes out by no template`() {
        let person = Person.make(attributes: ["full_name": "Lan"])
        #expect(admit([.utility(.order)], person, purpose: .promotion) == .skip(.windowClosed))
        #expect(
            admit([.utility(.order), .wait(.days(3))], person, purpose: .promotion)
                == .wait(until: due + .days(3), .window)
        )
        #expect(admit([.utility(.order)], person, purpose: .transaction).sent?.hasPrefix("utility") == true)
    }

    @Test func `what the window closed upon half-way does not begin again as a template`() {
        let person = Person.make(attributes: ["full_name": "Lan"])
        #expect(admit([.utility(.order)], person, part: 1) == .skip(.windowClosed))
        #expect(
            admit([.utility(.order), .wait(.days(3))], person, part: 1) == .wait(until: due + .days(3), .window)
        )
    }

    @Test func `marketing and one_time are closed to who has not subscribed`() {
        #expect(admit([.marketing], .make()) == .skip(.windowClosed))
        #expect(admit([.oneTime(topic: "A")], .make()) == .skip(.windowClosed))
        #expect(admit([.marketing, .wait(.hours(1))], .make()) == .wait(until: due + .hours(1), .window))
    }

    @Test func `the list is gone through in its order`() {
        let person = Person.make(attributes: ["full_name": "Lan"])
        #expect(admit([.marketing, .utility(.order), .wait(.days(3))], person).sent?.hasPrefix("utility") == true)
        #expect(admit([.wait(.days(3)), .utility(.order)], person) == .wait(until: due + .days(3), .window))
    }

    @Test func `a wait may be longer than 'late' allows, and shorter`() {
        let long = [OutsideWindow.wait(.days(3))]
        #expect(admit(long, .make(), at: due + .days(2)) == .wait(until: due + .days(3), .window))
        #expect(admit(long, .make(), at: due + .days(3) - instant) == .wait(until: due + .days(3), .window))
        #expect(admit(long, .make(), at: due + .days(3)) == .skip(.windowClosed))
        #expect(
            admit(long, .make(windowEnds: due + .days(4)), at: due + .days(3), waitingFor: .window).sent
                == "standard_window: week"
        )
        #expect(admit(long, .make(), at: due + .days(3) + instant, waitingFor: .window) == .skip(.windowClosed))
        let short = [OutsideWindow.wait(.hours(1))]
        #expect(admit(short, .make()) == .wait(until: due + .hours(1), .window))
        #expect(admit(short, .make(), at: due + .hours(1)) == .skip(.windowClosed))
    }

    @Test func `a wait ends, even where nothing is ever too late`() {
        let late = LateRule(after: .hours(24), then: .send)
        #expect(admit([.wait(.days(3))], .make(), late: late) == .wait(until: due + .days(3), .window))
        #expect(admit([.wait(.days(3))], .make(), at: due + .days(3), late: late) == .skip(.windowClosed))
    }

    @Test func `without a wait the step is skipped at once`() {
        #expect(admit([.utility(.order)], .make(), purpose: .promotion) == .skip(.windowClosed))
    }

    @Test func `a template is for people who wrote, tapped or came through a link, not for those who only commented`() {
        let person = Person.make(attributes: ["full_name": "Lan"])
        let template = [OutsideWindow.utility(.order)]
        #expect(admit(template, person, hasWritten: false) == .wait(until: due + .days(1), .window))
        #expect(
            admit(template, person, at: due + .days(1), waitingFor: .window, hasWritten: false) == .skip(.windowClosed)
        )
        var linked = person
        linked.address.windowEnds = .start + .days(1)
        #expect(admit(template, linked, hasWritten: false).sent?.hasPrefix("utility") == true)
    }

    @Test func `quiet hours hold for a template, too`() {
        let person = Person.make(attributes: ["full_name": "Lan"])
        let quiet = QuietHours(start: 9 * 60, end: 12 * 60)
        #expect(admit([.utility(.order)], person, quiet: quiet) == .wait(until: due + .hours(2), .quiet))
    }

    private func admit(
        _ ways: [OutsideWindow],
        _ person: Person,
        at now: Instant? = nil,
        part: Int = 0,
        waitingFor: WaitReason? = nil,
        hasWritten: Bool = true,
        purpose: Purpose = .care,
        late: LateRule = .standard,
        quiet: QuietHours? = nil
    ) -> Admission {
        let step = Step.make("week", Offset(1, .week), outsideWindow: ways, text: [.literal("week")])
        let sequence = DripSequence.make(quiet: quiet, late: late, steps: [step]) { $0.purpose = purpose }
        // The window was open once, unless the test says otherwise.
        var person = person
        if hasWritten { person.lastWroteAt = .start }
        let job = Job.make("week", of: person, scheduled: due, part: part, waitingFor: waitingFor)
        return .of(job, at: now ?? due, sequence)
    }
}

extension UtilityTemplate {
    fileprivate static let order = UtilityTemplate(
        name: "order_news",
        language: "vi",
        parameters: [
            Parameter(name: "ten", text: TextTemplate(segments: [.variable(name: "full_name", fallback: nil)])),
            Parameter(
                name: "loi",
                text: TextTemplate(segments: [.literal("Chào "), .variable(name: "nick", fallback: "bạn")])
            ),
        ]
    )
}
