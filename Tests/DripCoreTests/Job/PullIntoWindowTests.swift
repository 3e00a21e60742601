import DripCore
import Foundation
import TestSupport
import Testing

/// `pull_into_window`: a step that would just miss the standard window goes out a little earlier.
@Suite struct PullIntoWindowTests {
    /// The first message opens the window for 24 hours, and this is due when it has just closed.
    private let due = Instant.start + .days(1)
    private let look = Instant.start + .days(1) - .minutes(30)
    /// A minute before the margin.
    private let last = Instant.start + .days(1) - .minutes(6)
    private let instant = Milliseconds(1)

    @Test func `a step is looked at so much earlier`() {
        let sequence = DripSequence.make(steps: [step()])
        let next = sequence.next(anchor: .start, position: nil, over: [], zone: .hoChiMinh)
        #expect(next?.due == due)
        #expect(next?.firstCheck == look)
    }

    @Test func `a window that reaches to the time leaves it there`() {
        let open = Person.make(windowEnds: due + .minutes(5) + instant)
        #expect(admit(open, at: look) == .wait(until: due, .time))
        #expect(admit(open, at: due).sent == "standard_window: day")
    }

    @Test func `a window that closes before is used at the last moment`() {
        let person = Person.make(windowEnds: due)
        #expect(admit(person, at: look) == .wait(until: last, .time))
        #expect(admit(person, at: last - instant) == .wait(until: last, .time))
        #expect(admit(person, at: last).sent == "standard_window: day")
        #expect(admit(person, at: last + .minutes(1) - instant).sent == "standard_window: day")
    }

    @Test func `the margin's first moment is too late, and then it waits for its time`() {
        let person = Person.make(windowEnds: due)
        #expect(admit(person, at: due - .minutes(5)) == .wait(until: due, .time))
        #expect(admit(person, at: due) == .wait(until: due + .hours(24), .window))
    }

    @Test func `a window that has closed by the first look leaves it to its time`() {
        #expect(admit(.make(windowEnds: look + .minutes(5)), at: look) == .wait(until: due, .time))
        #expect(admit(.make(), at: look) == .wait(until: due, .time))
    }

    @Test func `a window that closes within the first minute after the look is used now`() {
        let person = Person.make(windowEnds: look + .minutes(6))
        #expect(admit(person, at: look).sent == "standard_window: day")
    }

    @Test func `quiet hours at the last moment send it now`() {
        // 09:50 to 10:30 on the day after: the last moment is 09:54, the first look at 09:30.
        let quiet = QuietHours(start: 9 * 60 + 50, end: 10 * 60 + 30)
        #expect(admit(.make(windowEnds: due), at: look, quiet: quiet).sent == "standard_window: day")
    }

    @Test func `quiet hours now, and not at the last moment, wait for that`() {
        let quiet = QuietHours(start: 9 * 60 + 20, end: 9 * 60 + 40)
        #expect(admit(.make(windowEnds: due), at: look, quiet: quiet) == .wait(until: last, .time))
    }

    @Test func `whom it does not hold for yet is not skipped before its time`() {
        let condition = Condition.tag("vip")
        let person = Person.make(windowEnds: due)
        #expect(admit(person, at: look, onlyIf: condition) == .wait(until: last, .time))
        #expect(admit(person, at: last, onlyIf: condition) == .wait(until: due, .time))
        #expect(admit(person, at: due, onlyIf: condition) == .skip(.condition))
        let vip = Person.make(windowEnds: due, tags: ["vip"])
        #expect(admit(vip, at: last, onlyIf: condition).sent == "standard_window: day")
    }

    @Test func `nor is somebody who cannot be reached`() {
        let gone = Person.make(windowEnds: due, unreachable: "551")
        #expect(admit(gone, at: last) == .wait(until: due, .time))
        #expect(admit(gone, at: due) == .skip(.unreachable))
    }

    @Test func `while the team writes nothing is pulled`() {
        let helped = Person.make(windowEnds: due, humanAt: look)
        #expect(admit(helped, at: last) == .wait(until: look + .hours(24), .human))
    }

    @Test func `a step that is not to be pulled any more waits for its time`() {
        let sequence = DripSequence.make(steps: [.text("day", 1, .day)])
        let job = Job.make("day", of: .make(windowEnds: due), scheduled: due, waitingFor: .time)
        #expect(Admission.of(job, at: last, sequence) == .wait(until: due, .time))
        let shorter = DripSequence.make(steps: [step(pull: .minutes(10))])
        #expect(Admission.of(job, at: look, shorter) == .wait(until: due - .minutes(10), .time))
    }

    @Test func `the rest of a step that was pulled follows at once, though the person writes in between`() {
        let two = Step.make(
            "day",
            Offset(1, .day),
            pullIntoWindow: .minutes(30),
            text: [.literal("day")],
            video: .url("https://example.com/v.mp4")
        )
        let wrote = Person.make(windowEnds: last + .hours(24))
        let job = Job.make("day", of: wrote, scheduled: due, part: 1)
        #expect(Admission.of(job, at: last + instant, .make(steps: [two])).sent == "standard_window: video")
    }

    private func step(pull: Milliseconds = .minutes(30), onlyIf: Condition? = nil) -> Step {
        .make("day", Offset(1, .day), pullIntoWindow: pull, onlyIf: onlyIf, text: [.literal("day")])
    }

    private func admit(
        _ person: Person,
        at now: Instant,
        quiet: QuietHours? = nil,
        onlyIf: Condition? = nil
    ) -> Admission {
        let sequence = DripSequence.make(quiet: quiet, steps: [step(onlyIf: onlyIf)])
        return .of(.make("day", of: person, scheduled: due), at: now, sequence)
    }
}
