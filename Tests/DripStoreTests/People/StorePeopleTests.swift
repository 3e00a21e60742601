import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

@Suite struct StorePeopleTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    @Test func `somebody may be enrolled by hand`() async throws {
        let state = try await known()
        let first = try await state.store.enroll("5678", in: "care", again: false, now: now)
        #expect(first == DueStep(step: .text("hello", 15, .minute), due: due))
        let enrollment = try #require(try await state.store.person("5678").enrollments.first)
        #expect((enrollment.round, enrollment.anchor, enrollment.cause) == (1, now, "manual"))
    }

    @Test func `not twice at once, and a second time only if that is meant`() async throws {
        let state = try await known([.text("hello", 15, .minute)])
        _ = try await state.store.enroll("5678", in: "care", again: false, now: now)
        await #expect(throws: PersonError.underWay("5678", sequence: "care")) {
            try await state.store.enroll("5678", in: "care", again: true, now: now)
        }
        try await state.send(now: due)
        await #expect(throws: PersonError.beenThrough("5678", sequence: "care")) {
            try await state.store.enroll("5678", in: "care", again: false, now: due)
        }
        _ = try await state.store.enroll("5678", in: "care", again: true, now: due)
        #expect(try await state.store.person("5678").enrollments.map(\.round) == [1, 2])
        try await state.send(as: "m_2", now: due + .minutes(15))
        #expect(try await state.ledger() == ["hello sent", "hello sent"])
    }

    @Test func `what stops at a sequence ends, by whatever that is begun`() async throws {
        let state = try await TemporaryStore([
            .make("care", steps: .care) { $0.stop = [.sequence("offer")] },
            .make("offer", start: [.manual], steps: .care),
            .make("other", start: [.firstMessage], steps: .care),
        ])
        try await state.ingest(.message("1"), now: .start)
        let later = Instant.start + .minutes(1)
        _ = try await state.store.enroll(Event.testPerson, in: "offer", again: false, now: later)
        let person = try await state.store.person(Event.testPerson)
        #expect(
            person.enrollments.map { "\($0.sequence) \($0.endReason ?? "goes on")" } == [
                "care other_sequence", "other goes on", "offer goes on",
            ]
        )
        #expect(try await state.ledger() == ["hello skipped other_sequence"])
        let status = try await state.store.status()
        #expect((status.underWay, status.enrolled) == (2, 3))
    }

    @Test func `into a sequence only on the pages that it is for`() async throws {
        let state = try await TemporaryStore([
            .make("other", start: [.manual], steps: .care) { $0.pages = ["222", "111"] },
            .make("own", start: [.manual], steps: .care) { $0.pages = ["222", Event.testPage] },
            .make("care", steps: .care),
        ])
        try await state.ingest(.message("1"), now: .start)
        let error = await #expect(throws: PersonError.self) {
            try await state.store.enroll(Event.testPerson, in: "other", again: false, now: now)
        }
        #expect(
            error?.description
                == "\(Event.testPerson) is known on page \(Event.testPage), and 'other' is only for 111, 222; see its 'pages'"
        )
        #expect(try await state.store.person(Event.testPerson).enrollments.map(\.sequence) == ["care"])
        #expect(try await state.store.enroll(Event.testPerson, in: "own", again: false, now: now) != nil)
    }

    @Test func `neither strangers nor unknown sequences`() async throws {
        let state = try await known()
        await #expect(throws: PersonError.unknown("1")) {
            try await state.store.enroll("1", in: "care", again: false, now: now)
        }
        await #expect(throws: PersonError.unknownSequence("other")) {
            try await state.store.enroll("5678", in: "other", again: false, now: now)
        }
    }

    @Test func `a person of two pages needs the page's name`() async throws {
        let state = try await known()
        _ = try await state.store.accounts(channel: "messenger", pages: ["999"])
        try await state.ingest(.message("1", page: "999"), now: now)
        await #expect(throws: PersonError.ambiguous("5678", pages: ["1234567890", "999"])) {
            try await state.store.person("5678")
        }
        #expect(try await state.store.person("999/5678").summary.page == "999")
        await #expect(throws: PersonError.unknown("1000/5678")) { try await state.store.person("1000/5678") }
    }

    @Test func `people are listed a page at a time`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        for person in ["a", "b", "c"] { try await state.ingest(.message(person, from: person), now: now) }
        #expect(try await state.store.people(limit: 2, after: nil).map(\.person) == ["a", "b"])
        #expect(try await state.store.people(limit: 2, after: "b").map(\.person) == ["c"])
        #expect(try await state.store.people(limit: 2, after: "c").isEmpty)
        #expect(try await state.store.people(limit: 1, after: nil).map(\.underWay) == [["care"]])
    }

    @Test func `jobs are listed by state, soonest first`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        for person in ["a", "b", "c"] { try await state.ingest(.message(person, from: person), now: now) }
        try await state.ingest(.message("d", from: "d", at: now - .minutes(5)), now: now)
        let claim = try #require(try await state.claim(now: now + .minutes(10)).first)
        try await state.record(.inDoubt(why: "timeout"), of: claim, now: now + .minutes(10))
        _ = try await state.store.claim(account: state.account, limit: 1, now: due)
        let jobs = try await state.store.jobs(JobSummary.State.allCases, limit: 10)
        #expect(
            jobs.map { "\($0.state.rawValue) \($0.person) \($0.step)" } == [
                "in_doubt d hello", "sending a hello", "waiting b hello", "waiting c hello", "waiting d day",
            ]
        )
        #expect(jobs[0].error == "timeout")
        #expect(try await state.store.jobs([.waiting], limit: 1).map(\.person) == ["b"])
        #expect(try await state.store.jobs(JobSummary.State.allCases, limit: 2).count == 2)
    }

    @Test func `the sums tell how things stand`() async throws {
        let state = try await known()
        #expect(
            try await state.store.status()
                == StoreStatus(
                    people: 1,
                    enrolled: 0,
                    underWay: 0,
                    sent: 0,
                    skipped: 0,
                    failed: 0,
                    inDoubt: 0,
                    undecided: 0,
                    nextDue: nil
                )
        )
        _ = try await state.store.enroll("5678", in: "care", again: false, now: now)
        try await state.send(now: due)
        #expect(
            try await state.store.status()
                == StoreStatus(
                    people: 1,
                    enrolled: 1,
                    underWay: 1,
                    sent: 1,
                    skipped: 0,
                    failed: 0,
                    inDoubt: 0,
                    undecided: 0,
                    nextDue: now + .hours(20)
                )
        )
    }

    private func known(_ steps: [Step] = .care) async throws -> TemporaryStore {
        let state = try await TemporaryStore([.make(start: [.manual], steps: steps)])
        try await state.ingest(.message("0"), now: now)
        return state
    }
}
