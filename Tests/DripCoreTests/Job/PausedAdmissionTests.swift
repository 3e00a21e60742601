import DripCore
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
