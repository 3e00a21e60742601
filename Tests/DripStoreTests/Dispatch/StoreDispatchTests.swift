import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

@Suite struct StoreDispatchTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    @Test func `a claim is taken once`() async throws {
        let state = try await enrolled()
        #expect(try await state.claim(now: due - Milliseconds(1)).isEmpty)
        let claim = try #require(try await state.claim(now: due).first)
        #expect(claim.number == 1)
        #expect(claim.dispatch.message == .text("hello", buttons: []))
        #expect(try await state.claim(now: due).isEmpty)
        #expect(try await state.next()?.sending == true)
    }

    @Test func `more may be looked at than is taken, and the rest stays as it is`() async throws {
        let state = try await TemporaryStore([.make(steps: [.text("hello", 15, .minute)])])
        for person in 1...3 { try await state.ingest(.message("\(person)", from: "\(person)"), now: now - .days(2)) }
        for person in 4...6 { try await state.ingest(.message("\(person)", from: "\(person)"), now: now) }
        let first = try await state.store.claim(account: state.account, limit: 2, examining: 10, now: due)
        #expect((first.claims.count, first.skipped[.late], first.examined, first.isDrained) == (2, 3, 5, false))
        let second = try await state.store.claim(account: state.account, limit: 2, examining: 10, now: due)
        #expect((second.claims.count, second.examined, second.isDrained) == (1, 1, true))
    }

    @Test func `of all accounts together what has waited longest is taken first, then what was enrolled first`()
        async throws
    {
        let state = try await TemporaryStore([.make(steps: [.text("hello", 15, .minute)])])
        let other = try await state.store.accounts(channel: "messenger", pages: ["2"])[0]
        for (place, person) in ["1", "2", "3"].enumerated() {
            let at = now + .seconds(Int64(place / 2))
            try await state.ingest(.message(person, from: person), now: at)
            try await state.ingest(.message("other \(person)", from: person, page: "2"), now: at)
        }
        // Of one moment are both pages' first two.
        let allowances = [other, state.account].map { ClaimAllowance(account: $0, allowance: 10, examining: 10) }
        var taken: [[String]] = []
        for limit in [3, 2, 9] {
            let round = try await state.store.recordAndClaim(
                claiming: allowances,
                limit: limit,
                examining: 10,
                now: due + .minutes(1)
            )
            taken.append(
                round.reports.flatMap(\.report.claims).map { "\($0.job.enrollment.id.rawValue)" }.sorted()
            )
        }
        #expect(taken == [["1", "2", "3"], ["4", "5"], ["6"]])
    }

    @Test func `an account's allowance and what waits behind it hold nobody else up`() async throws {
        let state = try await TemporaryStore([.make(steps: [.text("hello", 15, .minute)])])
        let other = try await state.store.accounts(channel: "messenger", pages: ["2"])[0]
        for person in 1...4 { try await state.ingest(.message("\(person)", from: "\(person)"), now: now) }
        try await state.ingest(.message("5", from: "5", page: "2"), now: now + .seconds(1))
        let round = try await state.store.recordAndClaim(
            claiming: [
                ClaimAllowance(account: state.account, allowance: 1, examining: 4),
                ClaimAllowance(account: other, allowance: 1, examining: 1),
            ],
            limit: 2,
            examining: 10,
            now: due + .minutes(1)
        )
        #expect(round.reports.map { [$0.report.claims.count, $0.report.examined] } == [[1, 1], [1, 1]])
        #expect(round.reports.map(\.report.isDrained) == [false, true])
        let second = JobSortKey(due: due, enrollment: EnrollmentID(rawValue: 2))
        #expect(round.following == [state.account: second, other: .never])
    }

    @Test func `of no account more is looked at than it may offer, whatever others may`() async throws {
        let state = try await TemporaryStore([.make(steps: [.text("hello", 15, .minute)])])
        let other = try await state.store.accounts(channel: "messenger", pages: ["2"])[0]
        for person in 1...3 { try await state.ingest(.message("\(person)", from: "\(person)"), now: now) }
        for person in 4...6 { try await state.ingest(.message("\(person)", from: "\(person)", page: "2"), now: now) }
        let round = try await state.store.recordAndClaim(
            claiming: [
                ClaimAllowance(account: state.account, allowance: 9, examining: 1),
                ClaimAllowance(account: other, allowance: 9, examining: 9),
            ],
            limit: 9,
            examining: 9,
            now: due
        )
        #expect(round.reports.map(\.report.claims.count) == [1, 3])
        #expect(round.reports.map(\.report.isDrained) == [false, true])
    }

    @Test func `a finished step and the next one's job are written together`() async throws {
        let state = try await enrolled()
        try await state.send(as: "m_7", now: due)
        let delivery = try #require(try await state.delivery("hello"))
        #expect(
            delivery
                == DeliveryDetail(
                    step: "hello",
                    state: "sent",
                    reason: nil,
                    scheduled: due,
                    at: due,
                    attempts: 1,
                    permission: "standard_window",
                    channel: "messenger",
                    messageIDs: ["m_7"],
                    sequenceHash: DripSequence.make(steps: .care).hash,
                    file: nil,
                    commit: nil,
                    variant: nil,
                    bodyHash: "1967afffbe7ff64a"
                )
        )
        #expect(
            try await state.next()
                == NextStepDetail(
                    step: "day",
                    due: now + .hours(20),
                    scheduled: now + .hours(20),
                    waitingFor: nil,
                    error: nil,
                    sending: false
                )
        )
    }

    @Test func `a refusal for now leaves the job, its due time moved, its attempts counted`() async throws {
        let state = try await enrolled()
        let claim = try #require(try await state.claim(now: due).first)
        try await state.record(.refused(.retry), of: claim, now: due)
        #expect(
            try await state.next()
                == NextStepDetail(
                    step: "hello",
                    due: due + .seconds(30),
                    scheduled: due,
                    waitingFor: "retry",
                    error: "2 An unexpected error has occurred.",
                    sending: false
                )
        )
        let second = try #require(try await state.claim(now: due + .seconds(30)).first)
        #expect(second.number == 2)
        #expect(second.job.attempt == 1)
        try await state.record(.accepted(messageID: "m_1"), of: second, now: due + .seconds(31))
        #expect(try await state.delivery("hello")?.attempts == 2)
    }

    @Test func `what was on its way when the process died is in doubt, and the person goes on`() async throws {
        let state = try await enrolled()
        _ = try await state.claim(now: due)
        try await state.reopen([.make(steps: .care)], now: due + .minutes(1))
        #expect(try await state.store.recover(now: due + .minutes(1)) == 1)
        #expect(try await state.ledger() == ["hello in_doubt dripd ended before the answer came"])
        #expect(try await state.next()?.step == "day")
        #expect(try await state.claim(now: due + .minutes(2)).isEmpty)
        #expect(try await state.store.recover(now: due + .minutes(2)) == 0)
    }

    @Test(arguments: [Outcome.refused(.retry), .unsent(why: "no"), .inDoubt(why: "timeout"), .untried(why: "no")])
    func `an outcome of a claim that is not ours any more, and proves nothing, changes nothing`(
        outcome: Outcome
    ) async throws {
        let state = try await enrolled()
        let claim = try #require(try await state.claim(now: due).first)
        _ = try await state.store.recover(now: due)
        let before = try await state.store.person(Event.testPerson)
        #expect(try await state.record(outcome, of: claim, now: due + .seconds(9)))
        #expect(try await state.store.person(Event.testPerson) == before)
    }

    @Test func `an outcome recorded twice counts once`() async throws {
        let state = try await enrolled()
        let claim = try #require(try await state.claim(now: due).first)
        #expect(try await !state.record(.accepted(messageID: "m_1"), of: claim, now: due))
        #expect(try await state.record(.accepted(messageID: "m_1"), of: claim, now: due))
        #expect(try await state.store.status().sent == 1)
    }

    @Test func `an outcome that comes twice at once counts once`() async throws {
        let state = try await enrolled()
        let claim = try #require(try await state.claim(now: due).first)
        let settlement = claim.settle(.accepted(messageID: "m_1"), now: due, jitter: 0)
        let report = try await state.store.record([settlement, settlement], now: due)
        #expect(report.stale == 1)
        #expect(try await state.store.status().sent == 1)
    }

    @Test func `an earlier claim's outcome keeps none of a later one out that comes with it`() async throws {
        let state = try await enrolled()
        let first = try #require(try await state.claim(now: due).first)
        try await state.record(.refused(.retry), of: first, now: due)
        let later = due + .seconds(30)
        let second = try #require(try await state.claim(now: later).first)
        let outcomes = [first, second].map { $0.settle(.accepted(messageID: "m_\($0.number)"), now: later, jitter: 0) }
        #expect(try await state.store.record(outcomes, now: later).stale == 1)
        #expect(try await state.delivery("hello")?.messageIDs == ["m_2"])
    }

    @Test func `what was recorded tells what may be due next, never too late`() async throws {
        let state = try await TemporaryStore([.make(steps: [.text("hello", 15, .minute), .text("day", 20, .hour)])])
        for person in 1...3 { try await state.ingest(.message("\(person)", from: "\(person)"), now: now) }
        let claims = try await state.claim(now: due)
        func record(_ outcome: Outcome, of place: Int) async throws -> JobSortKey? {
            let settlement = claims[place].settle(outcome, now: due, jitter: 0)
            return try await state.store.record([settlement], now: due).following[state.account]
        }
        let (sent, again, stale) = try await (
            record(.accepted(messageID: "m_1"), of: 0), record(.refused(.retry), of: 1),
            record(.accepted(messageID: "m_1"), of: 0)
        )
        #expect(sent == JobSortKey(due: now + .hours(20), enrollment: EnrollmentID(rawValue: 1)))
        #expect(again == JobSortKey(due: due, enrollment: EnrollmentID(rawValue: 2)))
        #expect(stale == JobSortKey(due: due, enrollment: EnrollmentID(rawValue: 1)))
    }

    @Test func `an earlier claim's outcome does not count for a later claim`() async throws {
        let state = try await enrolled()
        let first = try #require(try await state.claim(now: due).first)
        try await state.record(.refused(.retry), of: first, now: due)
        let second = try #require(try await state.claim(now: due + .seconds(30)).first)
        #expect(try await state.record(.accepted(messageID: "m_1"), of: first, now: due + .seconds(31)))
        #expect(try await state.next()?.sending == true)
        #expect(try await !state.record(.accepted(messageID: "m_2"), of: second, now: due + .seconds(32)))
        #expect(try await state.delivery("hello")?.messageIDs == ["m_2"])
    }

    @Test func `a person who cannot be reached gets no more, until they write`() async throws {
        let state = try await enrolled()
        let claim = try #require(try await state.claim(now: due).first)
        try await state.record(.refused(.person), of: claim, now: due)
        #expect(try await state.ledger() == ["hello failed 551 This person isn't available right now."])
        #expect(
            try await state.store.person(Event.testPerson).summary.unreachable
                == "551 This person isn't available right now."
        )
        #expect(try await state.claim(now: now + .hours(20)).isEmpty)
        #expect(try await state.ledger().last == "day skipped unreachable")
        try await state.ingest(.message("2"), now: now + .days(7))
        #expect(try await state.store.person(Event.testPerson).summary.unreachable == nil)
        try await state.send(now: now + .days(7))
        #expect(try await state.ledger().last == "week sent")
    }

    @Test func `a window that the platform calls closed is closed, and waits for the person`() async throws {
        let state = try await enrolled()
        let claim = try #require(try await state.claim(now: due).first)
        try await state.record(.refused(.window), of: claim, now: due)
        #expect(try await state.store.person(Event.testPerson).summary.windowEnds == due)
        #expect(try await state.claim(now: due).isEmpty)
        #expect(try await state.next()?.waitingFor == "window")
        #expect(try await state.next()?.due == due + .hours(24))
    }

    @Test(arguments: [Refusal.window, .person])
    func `what the platform says is old news when the person has written in the meantime`(refusal: Refusal) async throws
    {
        let state = try await enrolled()
        let claim = try #require(try await state.claim(now: due).first)
        try await state.ingest(.message("2"), now: due + .seconds(1))
        try await state.record(.refused(refusal), of: claim, now: due + .seconds(2))
        let person = try await state.store.person(Event.testPerson).summary
        #expect(person.windowEnds == due + .seconds(1) + .hours(24))
        #expect(person.unreachable == nil)
    }

    @Test func `parts go one by one, and a retry in the middle sends none again`() async throws {
        let state = try await TemporaryStore([.make(steps: [.parts, .text("day", 1, .day)])])
        try await state.ingest(.message("1"), now: now)
        try await state.send(as: "m_1", now: due)
        let refused = try #require(try await state.claim(now: due).first)
        try await state.record(.refused(.retry), of: refused, now: due)
        #expect(try await state.claim(now: due).isEmpty)
        let images = try #require(try await state.claim(now: due + .seconds(30)).first)
        #expect(images.dispatch.message == .images([.url("https://example.com/1.jpg")]))
        try await state.record(.accepted(messageID: "m_2"), of: images, now: due + .seconds(30))
        let last = try #require(try await state.claim(now: due + .seconds(30)).first)
        #expect(last.dispatch.message == .video(.url("https://example.com/v.mp4")))
        #expect(last.dispatch.isLast)
        #expect(try await state.ledger() == [])
        try await state.record(.accepted(messageID: "m_3"), of: last, now: due + .seconds(31))
        #expect(try await state.delivery("parts")?.messageIDs == ["m_1", "m_2", "m_3"])
        #expect(try await state.next()?.step == "day")
    }

    @Test func `a part in doubt ends its step`() async throws {
        let state = try await TemporaryStore([.make(steps: [.parts, .text("day", 1, .day)])])
        try await state.ingest(.message("1"), now: now)
        try await state.send(as: "m_1", now: due)
        let image = try #require(try await state.claim(now: due).first)
        try await state.record(.inDoubt(why: "timeout"), of: image, now: due)
        #expect(try await state.ledger() == ["parts in_doubt timeout"])
        #expect(try await state.delivery("parts")?.messageIDs == ["m_1"])
        #expect(try await state.next()?.step == "day")
    }

    @Test func `skipped and failed without a request count no attempt`() async throws {
        let state = try await enrolled()
        let report = try await state.store.claim(account: state.account, limit: 10, now: due + .days(2))
        #expect(report.skipped == [.late: 1])
        #expect(try await state.delivery("hello")?.attempts == 0)
        #expect(try await state.delivery("hello")?.permission == nil)
    }

    private func enrolled() async throws -> TemporaryStore {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: now)
        return state
    }
}
