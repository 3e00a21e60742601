import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

@Suite struct StoreIntakeTests {
    private let now = Instant.start

    @Test func `a first message makes a person, an enrollment and its first job`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        let report = try await state.ingest(.message("1", at: now - .minutes(1)), now: now)
        #expect(report.taken == ["message": 1])
        #expect(report.enrolled == 1)
        #expect(report.earliestDue == now + .minutes(14))
        let person = try await state.store.person(Event.testPerson)
        #expect(
            person.summary
                == PersonSummary(
                    page: Event.testPage,
                    person: Event.testPerson,
                    firstMessageAt: now - .minutes(1),
                    windowEnds: now - .minutes(1) + .hours(24),
                    unreachable: nil,
                    stoppedAt: nil,
                    tags: [],
                    lastWroteAt: now - .minutes(1),
                    humanAt: nil,
                    underWay: ["care"]
                )
        )
        #expect(person.enrollments.map(\.cause) == ["first_message"])
        #expect(try await state.next()?.step == "hello")
    }

    @Test func `the same event twice changes nothing`() async throws {
        let state = try await TemporaryStore([.make(again: .always, steps: .care)])
        try await state.ingest(.message("1"), now: now)
        let before = try await state.store.person(Event.testPerson)
        let report = try await state.ingest(.message("1"), .message("1"), now: now + .hours(1))
        #expect(report == IntakeReport(taken: [:], duplicates: 2))
        #expect(try await state.store.person(Event.testPerson) == before)
    }

    @Test func `a tap on "nothing more" counts, once, though a walk has read its word before the webhook came`()
        async throws
    {
        let state = try await TemporaryStore([.make(again: .always, steps: .care)])
        let tap = Event.message("1", text: "Không", payload: "dripd/stop")
        let walked = Event(
            channel: .messenger,
            page: tap.page,
            person: tap.person,
            key: tap.key,
            at: tap.at,
            kind: .message(text: "Không", payload: nil, ref: nil),
            body: nil,
            isFromConversation: true
        )
        try await state.ingest(walked, now: now)
        #expect(try await state.store.person(Event.testPerson).summary.stoppedAt == nil)
        try await state.ingest(tap, now: now + .minutes(1))
        let stopped = try await state.store.person(Event.testPerson)
        #expect(stopped.summary.stoppedAt != nil)
        #expect(stopped.enrollments.count == 1)
        let report = try await state.ingest(tap, walked, now: now + .hours(1))
        #expect(report == IntakeReport(taken: [:], duplicates: 2))
        #expect(try await state.store.person(Event.testPerson) == stopped)
    }

    @Test func `a tap that a walk read, with its time in seconds, is no answer to what it began`() async throws {
        let reply = QuickReply(title: "Có", tap: .start("gift"))
        let step = Step.make("one", Offset(1, .minute), text: [.literal("one")], quickReplies: [reply])
        let state = try await TemporaryStore([
            .make(steps: [step]),
            .make("gift", start: [.manual], steps: [.text("soon", 1, .hour)]) { $0.stop = [.replied] },
        ])
        try await state.ingest(.message("1"), now: now)
        try await state.send(now: now + .minutes(1))
        let tapped = now + .minutes(2) + Milliseconds(435)
        let tap = Event.message("2", at: tapped, text: "Có", payload: Tap.start("gift").description)
        let walked = Event(
            channel: .messenger,
            page: tap.page,
            person: tap.person,
            key: tap.key,
            at: now + .minutes(2),
            kind: .message(text: "Có", payload: nil, ref: nil),
            body: nil,
            isFromConversation: true
        )
        try await state.ingest(walked, now: now + .minutes(5))
        #expect(try await state.next()?.step == "soon")
        try await state.ingest(tap, now: now + .minutes(10))
        #expect(try await state.next()?.step == "soon")
    }

    @Test func `a tap that a walk reads in its conversation is the tap that a webhook brought`() async throws {
        let steps = [Step.text("one", 1, .hour)]
        let state = try await TemporaryStore([
            .make("tapped", start: [.postback("GO")], again: .always, steps: steps),
            .make("written", start: [.message([Phrase("Mua")])], again: .always, steps: steps),
        ])
        let tap = Event.of(.postback(payload: "GO", ref: nil), key: Event.key(ofMessage: "1"), at: now)
        try await state.ingest(tap, now: now)
        let conversation = Conversation(
            person: Event.testPerson,
            name: nil,
            updatedAt: now,
            messages: [.init(id: "1", at: now, isFromPerson: true, text: "Mua")]
        )
        let walked = conversation.events(on: Event.testPage, of: .messenger, from: now, until: now + .hours(1)).map(
            \.event
        )
        let report = try await state.ingest(#require(walked.first), now: now + .minutes(5))
        #expect(report == IntakeReport(taken: [:], duplicates: 1))
        #expect(try await state.store.person(Event.testPerson).enrollments.map(\.sequence) == ["tapped"])
    }

    @Test func `two programs that answer each other come to an end`() async throws {
        let state = try await TemporaryStore([
            .make(start: [.message([Phrase("Xin chào")])], again: .always, steps: [.text("hello", 0, .minute)])
        ])
        var reports: [IntakeReport] = []
        for number in Int64(0)..<25 {
            let moment = now + .minutes(number)
            reports.append(try await state.ingest(.message("\(number)", at: moment, text: "Xin chào"), now: moment))
            try await state.send(as: "m_\(number)", now: moment)
        }
        #expect(reports.map(\.enrolled).reduce(0, +) == 20)
        #expect(
            reports.map(\.startLimitReached) == Array(repeating: [], count: 20) + Array(repeating: ["care"], count: 5)
        )
        // A day later it is somebody who writes.
        let later = now + .days(1) + .minutes(1)
        let report = try await state.ingest(.message("25", at: later, text: "Xin chào"), now: later)
        #expect((report.enrolled, report.startLimitReached) == (1, []))
    }

    @Test func `the same event twice in one webhook counts once`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        let report = try await state.ingest(.message("1"), .message("1"), now: now)
        #expect(report.taken == ["message": 1])
        #expect(report.duplicates == 1)
        #expect(report.enrolled == 1)
    }

    @Test func `events of a page that nobody configured are counted and not kept`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        let report = try await state.ingest(.message("1", page: "999"), .message("1"), now: now)
        #expect(report.unknownPages == 1)
        #expect(report.taken == ["message": 1])
        #expect(try await state.store.status().people == 1)
    }

    @Test func `an event out of order never shortens the window`() async throws {
        let state = try await TemporaryStore()
        try await state.ingest(.message("2", at: now), now: now)
        try await state.ingest(.message("1", at: now - .hours(3)), now: now + .seconds(1))
        #expect(try await state.store.person(Event.testPerson).summary.windowEnds == now + .hours(24))
    }

    @Test func `what only the platform did makes nobody known`() async throws {
        let state = try await TemporaryStore()
        let report = try await state.ingest(
            .of(.delivered, key: "d"),
            .of(.read, key: "r"),
            .of(.other("optin"), key: "o", body: "{}"),
            .of(.other("policy_enforcement"), key: "p", person: nil, body: "{}"),
            now: now
        )
        #expect(report.taken == ["delivery": 1, "read": 1, "optin": 1, "policy_enforcement": 1])
        #expect(try await state.store.status().people == 0)
    }

    @Test func `a person who writes wakes what waited for their window`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: now)
        try await state.send(now: now + .minutes(15))
        // The week's step is due when the window has long closed.
        try await state.send(now: now + .hours(20))
        let week = now + .days(7)
        #expect(try await state.claim(now: week).isEmpty)
        #expect(try await state.next()?.waitingFor == "window")
        #expect(try await state.next()?.due == week + .hours(24))

        let report = try await state.ingest(.message("2"), now: week + .hours(3))
        #expect(report.earliestDue == week + .hours(3))
        try await state.send(now: week + .hours(3))
        #expect(try await state.ledger() == ["hello sent", "day sent", "week sent"])
    }

    @Test func `a person who never writes again gets the step skipped for that reason`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: now)
        for moment in [now + .minutes(15), now + .hours(20), now + .days(7)] { try await state.send(now: moment) }
        let report = try await state.store.claim(account: state.account, limit: 10, now: now + .days(8))
        #expect(report.skipped == [.windowClosed: 1])
        #expect(try await state.ledger() == ["hello sent", "day sent", "week skipped window_closed"])
        #expect(try await state.store.person(Event.testPerson).enrollments[0].endReason == "finished")
    }

    @Test func `a key is a duplicate for 45 days, however much is swept up in between`() async throws {
        let state = try await TemporaryStore([.make(again: .always, steps: .care)])
        // The platform repeats a webhook for 36 hours; what a walk reads may be older.
        let repeated = Event.message("0", at: now)
        try await state.ingest(repeated, now: now)
        for (number, span) in [Milliseconds.hours(1), .hours(25), .hours(36), .days(10), .days(44)].enumerated() {
            for other in 1...4 { try await state.ingest(.message("\(number)-\(other)", from: "9"), now: now + span) }
            #expect(try await state.ingest(repeated, now: now + span).duplicates == 1, "after \(span)")
        }
        let last = now + .days(45) - Milliseconds(1)
        for other in 1...4 { try await state.ingest(.message("last-\(other)", from: "9"), now: last) }
        #expect(try await state.ingest(repeated, now: last).duplicates == 1)
        #expect(try await state.store.person(Event.testPerson).enrollments.count == 1)
    }

    @Test func `events of two accounts with the same key are two events`() async throws {
        let state = try await TemporaryStore([.make(again: .always, steps: .care)])
        _ = try await state.store.accounts(channel: "messenger", pages: [Event.testPage, "999"])
        let report = try await state.ingest(.message("1"), .message("1", page: "999"), now: now)
        #expect(
            report
                == IntakeReport(taken: ["message": 2], enrolled: 2, needsProfile: true, earliestDue: now + .minutes(15))
        )
        #expect(try await state.ingest(.message("1"), .message("1", page: "999"), now: now).duplicates == 2)
        for page in [Event.testPage, "999"] {
            #expect(try await state.store.person("\(page)/\(Event.testPerson)").enrollments.count == 1)
        }
    }

    @Test func `old events are swept up, a little with each new one`() async throws {
        let state = try await TemporaryStore()
        for number in 0..<4 { try await state.ingest(.message("\(number)"), now: now) }
        let later = now + .days(46)
        for number in 10..<12 { try await state.ingest(.message("\(number)"), now: later) }
        // Their keys are forgotten: they would be new events.
        let report = try await state.ingest(.message("0"), .message("3"), .message("11"), now: later)
        #expect(report.taken == ["message": 2])
        #expect(report.duplicates == 1)
    }
}
