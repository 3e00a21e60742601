import ControlAPI
import DripCore
import DripStore
import TestSupport
import Testing

/// Stops, pauses, and what takes them back.
@Suite struct StoreConsentTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    @Test func `an unclear word holds all messages until an operator decides`() async throws {
        let state = try await TemporaryStore([.make("a", steps: .care), .make("b", steps: .care)])
        try await state.ingest(.message("1"), now: now)
        let report = try await state.ingest(.message("2", text: "Huy"), now: now + .minutes(1))
        #expect(report.paused.map(\.page) == [Event.testPage])
        #expect(report.paused.map(\.pseudonym) == [try await state.store.person(Event.testPerson).pseudonym])
        #expect(try await state.claim(now: due).isEmpty)
        #expect(try await state.next()?.waitingFor == "paused")
        #expect(try await state.store.status().paused == 1)
        // The window opens anew by what they write, and their word is not asked about again.
        #expect(try await state.ingest(.message("3", text: "huy"), now: due).paused.isEmpty)
        #expect(try await state.claim(now: due + .hours(1)).isEmpty)

        let resumed = try await state.store.resume(Event.testPerson, reason: "a name", now: due + .hours(2))
        #expect(
            resumed
                == ResumeReport(
                    page: Event.testPage,
                    person: Event.testPerson,
                    since: now + .minutes(1),
                    wasStopped: false,
                    goesOn: ["a", "b"]
                )
        )
        #expect(try await state.claim(now: due + .hours(2)).map(\.job.enrollment.sequence) == ["a", "b"])
        #expect(try await state.store.status().paused == 0)
        #expect(
            try await state.store.person(Event.testPerson).consent == [
                ConsentChange(at: now + .minutes(1), kind: .paused, source: .person, reason: nil),
                ConsentChange(at: due + .hours(2), kind: .resumed, source: .operatorCommand, reason: "a name"),
            ]
        )
    }

    @Test func `what is too late by then is skipped, and says why`() async throws {
        let state = try await TemporaryStore([.make(late: LateRule(after: .hours(1), then: .skip), steps: .care)])
        try await state.ingest(.message("1", text: "Huy"), now: now)
        #expect(try await state.claim(now: due).isEmpty)
        _ = try await state.store.resume(Event.testPerson, reason: "a name", now: due + .hours(2))
        #expect(try await state.claim(now: due + .hours(2)).isEmpty)
        #expect(try await state.ledger() == ["hello skipped paused"])
        #expect(try await state.next()?.step == "day")
    }

    @Test func `a person who says STOP and START in turn is stopped after ten times, until the next day`() async throws
    {
        let state = try await TemporaryStore([.make("a", steps: .care)])
        try await state.ingest(.message("0"), now: now)
        for number in 1...100 {
            let at = now + .seconds(Int64(number))
            try await state.ingest(.message("\(number)", at: at, text: number % 2 == 1 ? "STOP" : "START"), now: at)
        }
        let consent = try await state.store.person(Event.testPerson).consent
        #expect(consent.count == 21)
        #expect(consent.last?.kind == .stopped)
        let later = now + .days(1) + .minutes(2)
        try await state.ingest(.message("later", at: later, text: "START"), now: later)
        #expect(try await state.store.person(Event.testPerson).summary.stoppedAt == nil)
    }

    @Test(arguments: ["STOP", "START"])
    func `a clear word of the person's ends the pause`(word: String) async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: now)
        try await state.ingest(.message("2", text: "Huy"), now: now + .minutes(1))
        #expect(try await state.claim(now: due).isEmpty)
        let report = try await state.ingest(.message("3", text: word), now: due + .minutes(1))
        let person = try await state.store.person(Event.testPerson)
        #expect(person.summary.pausedAt == nil)
        if word == "STOP" {
            #expect(report.stopped == 1)
            #expect(person.summary.stoppedAt == due + .minutes(1))
            #expect(try await state.ledger() == ["hello skipped stopped"])
        } else {
            #expect(report.earliestDue == due + .minutes(1))
            #expect(try await state.claim(now: due + .minutes(1)).map(\.job.step) == ["hello"])
        }
    }

    @Test func `an operator's stop ends the pause, too`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1", text: "dung"), now: now)
        #expect(try await state.store.stop(Event.testPerson, sequence: nil, now: due) == ["care"])
        #expect(try await state.store.status().paused == 0)
        #expect(try await state.claim(now: due + .hours(1)).isEmpty)
    }

    @Test func `a stop is taken back with a reason, and what it ended stays ended`() async throws {
        let state = try await TemporaryStore([.make(start: [.firstMessage, .manual], steps: .care)])
        try await state.ingest(.message("1"), now: now)
        try await state.ingest(.message("2", text: "hủy"), now: now + .minutes(1))
        let report = try await state.store.resume(Event.testPerson, reason: "meant the order", now: due)
        #expect((report.wasStopped, report.goesOn, report.since) == (true, [], now + .minutes(1)))
        #expect(try await state.ledger() == ["hello skipped stopped"])
        #expect(try await state.claim(now: due + .hours(1)).isEmpty)
        _ = try await state.store.enroll(Event.testPerson, in: "care", again: true, now: due)
        #expect(try await state.claim(now: due + .minutes(15)).map(\.job.step) == ["hello"])
        await #expect(throws: PersonError.notStopped(Event.testPerson)) {
            try await state.store.resume(Event.testPerson, reason: "again", now: due)
        }
        await #expect(throws: PersonError.unknown("9")) { try await state.store.resume("9", reason: "x", now: due) }
    }

    @Test func `a word of the person's takes their stop back, and may start a sequence`() async throws {
        let state = try await TemporaryStore([
            .make("a", steps: .care), .make("b", start: [.message([Phrase("START")])], steps: .care),
        ])
        try await state.ingest(.message("1"), now: now)
        try await state.ingest(.message("2", text: "dừng"), now: now + .minutes(1))
        try await state.ingest(.message("3", text: "xin chào"), now: now + .minutes(2))
        #expect(try await state.store.person(Event.testPerson).summary.stoppedAt == now + .minutes(1))
        try await state.ingest(.message("4", text: "Start"), now: now + .minutes(3))
        let person = try await state.store.person(Event.testPerson)
        #expect(person.summary.stoppedAt == nil)
        #expect(person.summary.underWay == ["b"])
        #expect(person.consent.map(\.kind) == [.stopped, .resumed])
        #expect(person.consent.map(\.source) == [.person, .person])
        // The next stop is theirs again.
        #expect(try await state.ingest(.message("5", text: "dừng"), now: now + .minutes(4)).stopped == 1)
    }

    @Test func `what an operator stopped, an operator takes back`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: now)
        _ = try await state.store.stop(Event.testPerson, sequence: nil, now: now)
        try await state.ingest(.message("2", text: "START"), now: due)
        #expect(try await state.store.person(Event.testPerson).summary.stoppedAt == now)
        _ = try await state.store.resume(Event.testPerson, reason: "called us", now: due)
        #expect(try await state.store.person(Event.testPerson).summary.stoppedAt == nil)
    }

    @Test func `who is paused cannot be enrolled by hand, and a new enrollment waits`() async throws {
        let state = try await TemporaryStore([
            .make(steps: .care), .make("sale", start: [.message([Phrase("giá")])], steps: .care),
        ])
        try await state.ingest(.message("1", text: "thoi"), now: now)
        await #expect(throws: PersonError.paused(Event.testPerson)) {
            try await state.store.enroll(Event.testPerson, in: "sale", again: false, now: now)
        }
        try await state.ingest(.message("2", text: "giá"), now: now)
        #expect(try await state.store.person(Event.testPerson).summary.underWay == ["care", "sale"])
        #expect(try await state.claim(now: due).isEmpty)
    }

    @Test func `forgetting erases what was recorded, and a stop that was taken back does not return`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1", text: "STOP"), now: now)
        #expect(try await state.store.forget(Event.testPerson, now: now + .minutes(1)).isStopped)
        try await state.ingest(.message("2", text: "chào"), now: now + .minutes(2))
        #expect(try await state.store.person(Event.testPerson).summary.stoppedAt == now)
        try await state.ingest(.message("3", text: "START"), now: now + .minutes(3))
        #expect(try await state.store.person(Event.testPerson).consent.map(\.kind) == [.resumed])
        #expect(try await !state.store.forget(Event.testPerson, now: now + .minutes(4)).isStopped)
        try await state.ingest(.message("4", text: "chào"), now: now + .minutes(5))
        #expect(try await state.store.person(Event.testPerson).summary.stoppedAt == nil)
    }

    @Test func `a walk finds stops and unclear words of people who are new`() async throws {
        let state = try await TemporaryStore([.make(start: [.manual], steps: .care)])
        try await state.store.beginSync(of: state.account, SyncRequest(sequence: "care"), now: now)
        let conversations = [("1", "Dừng."), ("2", "huy"), ("3", "Giá bao nhiêu?")].map { person, text in
            Conversation(
                person: person,
                name: nil,
                updatedAt: now - .hours(1),
                messages: [
                    .init(id: "m_\(person)", at: now - .hours(1), isFromPerson: true, text: text)
                ]
            )
        }
        try await state.store.saveConversations(
            ConversationPage(conversations: conversations, next: nil),
            of: state.account,
            now: now
        )
        #expect(try await state.store.person("1").summary.stoppedAt == now - .hours(1))
        #expect(try await state.store.person("2").summary.pausedAt == now - .hours(1))
        #expect(try await state.claim(now: due).map(\.job.person.address.externalID) == ["3"])
    }

    // MARK: Quick replies that are typed

    @Test func `a quick reply's title that is typed counts as its tap`() async throws {
        let state = try await asked()
        try await state.ingest(.message("2", text: "có!"), now: due + .minutes(1))
        #expect(try await state.store.person(Event.testPerson).summary.tags == ["quan-tam"])
    }

    @Test func `one that asks for nothing more, too`() async throws {
        let state = try await asked()
        #expect(try await state.ingest(.message("2", text: "KHÔNG"), now: due + .minutes(1)).stopped == 1)
    }

    @Test func `not where it is ambiguous, or out of date, or nobody asked`() async throws {
        let ambiguous = try await asked()
        try await ambiguous.ingest(.message("2", text: "Khác"), now: due + .minutes(1))
        #expect(try await ambiguous.store.person(Event.testPerson).summary.tags == [])

        let early = try await TemporaryStore([.asking])
        try await early.ingest(.message("1", text: "Có"), now: now)
        #expect(try await early.store.person(Event.testPerson).summary.tags == [])

        let late = try await asked()
        try await late.ingest(.message("2", text: "Có"), now: due + .hours(24))
        #expect(try await late.store.person(Event.testPerson).summary.tags == [])

        let human = try await asked()
        try await human.ingest(.echo("x", of: nil, at: due + .minutes(1)), now: due + .minutes(1))
        try await human.ingest(.message("2", text: "Không"), now: due + .minutes(2))
        #expect(try await human.store.person(Event.testPerson).summary.stoppedAt == nil)

        let followed = try await asked()
        try await followed.send(as: "m_2", now: now + .hours(20))
        try await followed.ingest(.message("2", text: "Không"), now: now + .hours(20) + .minutes(2))
        #expect(try await followed.store.person(Event.testPerson).summary.stoppedAt == nil)
    }

    private func asked() async throws -> TemporaryStore {
        let state = try await TemporaryStore([.asking])
        try await state.ingest(.message("1"), now: now)
        try await state.send(now: due)
        return state
    }
}

extension DripSequence {
    fileprivate static let asking = make(steps: [
        .make(
            "ask",
            Offset(15, .minute),
            text: [.literal("Bạn còn quan tâm không?")],
            quickReplies: [
                QuickReply(title: "Có", tap: .tag("quan-tam")), QuickReply(title: "Không", tap: .stop),
                QuickReply(title: "Khác", tap: .tag("a")), QuickReply(title: "khác", tap: .tag("b")),
            ]
        ), .text("next", 20, .hour),
    ])
}
