import DripCore
import Foundation
import TestSupport
import Testing

/// A person whose wish is unclear gets nothing, by no way, until it is clear.
@Suite struct PausedAdmissionTests {
    private let due = Instant.start + .minutes(15)
    private let paused = Person.make(windowEnds: .start + .hours(24), pausedAt: .start)

    @Test func `a step waits without a time, whatever it is and however late`() {
        let sequence = DripSequence.make(late: LateRule(after: .hours(1), then: .skip), steps: .care)
        for job in [
            Job.make("hello", of: paused, scheduled: due), .make("hello", of: paused, scheduled: due, part: 1),
            .make("hello", of: paused, scheduled: due, comment: "1_9"),
        ] {
            #expect(Admission.of(job, at: due, sequence) == .wait(until: .distantFuture, .paused))
            #expect(Admission.of(job, at: due + .days(9), sequence) == .wait(until: .distantFuture, .paused))
        }
    }

    @Test func `a stop comes before it, and a step that was held too long says why it is skipped`() {
        let sequence = DripSequence.make(late: LateRule(after: .hours(1), then: .skip), steps: .care)
        let stopped = Person.make(stoppedAt: .start, pausedAt: .start)
        #expect(Admission.of(.make("hello", of: stopped, scheduled: due), at: due, sequence) == .skip(.stopped))
        let held = Job.make("hello", scheduled: due, waitingFor: .paused)
        #expect(Admission.of(held, at: due + .minutes(30), sequence).sent == "standard_window: hello")
        #expect(Admission.of(held, at: due + .hours(2), sequence) == .skip(.paused))
    }

    @Test func `they are not reachable, and the filter finds them`() {
        #expect(!paused.isReachable(at: due))
        var filter = PeopleFilter()
        filter.paused = true
        #expect(filter.holds(for: paused, underWay: [], now: due))
        #expect(!filter.holds(for: .make(), underWay: [], now: due))
    }
}

/// `pause_on_human`: the sequence waits while the team is writing.
@Suite struct HumanPauseTests {
    private let due = Instant.start + .minutes(15)
    private let instant = Milliseconds(1)

    @Test func `24 hours from what the team wrote last, unless the file says otherwise`() {
        let end = Instant.start + .minutes(10) + .hours(24)
        #expect(admit(at: due) == .wait(until: end, .human))
        #expect(admit(at: end - instant, lateAfter: .hours(48)) == .wait(until: end, .human))
        #expect(admit(at: end, lateAfter: .hours(48)).sent == "standard_window: hello")
        #expect(admit(at: due, pause: .hours(1)) == .wait(until: .start + .minutes(70), .human))
    }

    @Test func `never - it goes on`() {
        #expect(admit(at: due, pause: nil).sent == "standard_window: hello")
    }

    @Test func `a pause that outlasts the patience skips the step for that reason`() {
        let waiting = Job.make("hello", of: helped, scheduled: due, waitingFor: .human)
        let sequence = DripSequence.make(late: LateRule(after: .hours(12), then: .skip), steps: .care)
        #expect(Admission.of(waiting, at: due + .hours(12) + instant, sequence) == .skip(.humanTookOver))
        let sent = DripSequence.make(late: LateRule(after: .hours(12), then: .send), steps: .care)
        #expect(Admission.of(waiting, at: due + .hours(25), sent).sent == "standard_window: hello")
    }

    @Test func `it holds before quiet hours and the window`() {
        let end = Instant.start + .minutes(10) + .hours(24)
        let quiet = DripSequence.make(quiet: QuietHours(start: 0, end: 12 * 60), steps: .care)
        let closed = Person.make(humanAt: .start + .minutes(10))
        #expect(Admission.of(.make("hello", of: closed, scheduled: due), at: due, quiet) == .wait(until: end, .human))
    }

    @Test func `what the condition rules out does not wait for the team`() {
        let step = Step.make("hello", Offset(15, .minute), onlyIf: .tag("vip"), text: [.literal("hello")])
        let job = Job.make("hello", of: helped, scheduled: due)
        #expect(Admission.of(job, at: due, .make(steps: [step])) == .skip(.condition))
    }

    private var helped: Person {
        .make(windowEnds: .start + .days(30), humanAt: .start + .minutes(10))
    }

    private func admit(
        at now: Instant,
        pause: Milliseconds? = .hours(24),
        lateAfter: Milliseconds = .hours(24)
    ) -> Admission {
        let sequence = DripSequence.make(late: LateRule(after: lateAfter, then: .skip), steps: .care) {
            $0.pauseOnHuman = pause
        }
        return .of(.make("hello", of: helped, scheduled: due), at: now, sequence)
    }
}
