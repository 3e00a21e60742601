import DripCore
import TestSupport
import Testing

/// A skip names what held the step last.
@Suite struct SkipReasonTests {
    private let due = Instant.start + .hours(1)
    private var tooLate: Instant { due + .hours(24) + .seconds(1) }

    @Test func `the person wrote in time, and something else held the step`() {
        let waited = Job.make("hello", of: .make(windowEnds: tooLate + .hours(3)), scheduled: due, waitingFor: .window)
        #expect(catalog.admit(waited, now: tooLate) == .skip(.late))
        let silent = Job.make("hello", of: .make(windowEnds: due), scheduled: due, waitingFor: .window)
        #expect(catalog.admit(silent, now: tooLate) == .skip(.windowClosed))
    }

    @Test(arguments: [(30, SkipReason.late), (90, .humanTookOver)] as [(Int64, SkipReason)])
    func `the team let go in time, or did not`(minutesBeforeLate: Int64, reason: SkipReason) {
        let wrote = due + (minutesBeforeLate == 30 ? .zero : .minutes(minutesBeforeLate)) - .minutes(30)
        let person = Person.make(windowEnds: due + .days(9), humanAt: wrote)
        let job = Job.make("hello", of: person, scheduled: due, waitingFor: .human)
        #expect(catalog.admit(job, now: due + .days(3)) == .skip(reason))
    }

    @Test(arguments: [(WaitReason.day, SkipReason.dailyLimit), (.gap, .gap)])
    func `a limit that led to a closed window, or to a night, is what held it`(limit: WaitReason, reason: SkipReason) {
        let person = Person.make(windowEnds: due)
        for waitingFor in [WaitReason.window, .quiet, .typing] {
            let job = Job(
                enrollment: Job.make("hello", of: person).enrollment,
                person: person,
                step: "hello",
                scheduled: due,
                attempt: 0,
                part: 0,
                waitingFor: waitingFor,
                heldBy: limit
            )
            #expect(catalog.admit(job, now: due + .days(9)) == .skip(reason))
            #expect(job.heldBy(waitingFor: .window) == limit)
            #expect(job.heldBy(waitingFor: .page) == nil)
            #expect(job.heldBy(waitingFor: .human) == nil)
        }
    }

    private var catalog: Catalog { Catalog(zone: .hoChiMinh, sequences: [.make(steps: [.text("hello", 1, .hour)])]) }
}
