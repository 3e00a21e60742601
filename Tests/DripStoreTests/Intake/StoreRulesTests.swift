import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

/// Tags, stop rules and the team's messages, on the disk.
@Suite struct StoreRulesTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    @Test func `tags are kept in order, each once`() async throws {
        let state = try await TemporaryStore()
        for (number, tag) in ["vip", "bán-hàng", "vip", "a"].enumerated() {
            try await state.ingest(.message("\(number)", payload: "dripd/tag/\(tag)"), now: now)
        }
        #expect(try await state.store.person(Event.testPerson).summary.tags == ["a", "bán-hàng", "vip"])
    }

    @Test func `a tag that one event gives is seen by the next in the same webhook`() async throws {
        let sequence = DripSequence.make(start: [.tag("vip")], again: .always, steps: .care)
        let state = try await TemporaryStore([sequence])
        let report = try await state.ingest(
            .message("1", payload: "dripd/tag/vip"),
            .message("2", payload: "dripd/tag/vip"),
            now: now
        )
        #expect(report.enrolled == 1)
        #expect(report.earliestDue == due)
    }

    @Test func `a reply ends the way - the step that waits is skipped for that reason`() async throws {
        let state = try await enrolled(stop: [.replied])
        try await state.ingest(.message("2"), now: now + .minutes(5))
        let enrollment = try await state.store.person(Event.testPerson).enrollments[0]
        #expect((enrollment.endReason, enrollment.endedAt) == ("replied", now + .minutes(5)))
        #expect(enrollment.next == nil)
        #expect(try await state.ledger() == ["hello skipped replied"])
        #expect(try await state.claim(now: now + .days(30)).isEmpty)
        let status = try await state.store.status()
        #expect((status.underWay, status.skipped) == (0, 1))
        #expect(try await state.store.person(Event.testPerson).summary.stoppedAt == nil)
    }

    @Test func `an event that comes late and is older than the start ends nothing`() async throws {
        let state = try await enrolled(stop: [.replied])
        try await state.ingest(.message("0", at: now - .minutes(1)), now: now + .minutes(5))
        #expect(try await state.next()?.step == "hello")
        #expect(try await state.store.person(Event.testPerson).summary.lastWroteAt == now)
    }

    @Test func `a message on its way when the person replies is recorded, and nothing follows`() async throws {
        let state = try await enrolled(stop: [.replied])
        let claim = try #require(try await state.claim(now: due).first)
        try await state.ingest(.message("2"), now: due + .seconds(1))
        #expect(try await state.next()?.sending == true)
        try await state.record(.accepted(messageID: "m_1"), of: claim, now: due + .seconds(2))
        #expect(try await state.ledger() == ["hello sent"])
        let enrollment = try await state.store.person(Event.testPerson).enrollments[0]
        #expect((enrollment.endReason, enrollment.next) == ("replied", nil))
        #expect(try await state.store.status().underWay == 0)
    }

    @Test func `a message that an echo has shown is sent, though the way ends before it was recorded`() async throws {
        let state = try await enrolled(stop: [.replied])
        let claim = try #require(try await state.claim(now: due).first)
        try await state.record(.refused(.retry), of: claim, now: due)
        let key = DeliveryKey(instance: "test", enrollment: claim.job.enrollment.id, step: "hello", part: 0)
        try await state.ingest(.echo("m_1", of: key), .message("2", at: due + .seconds(1)), now: due + .seconds(1))
        #expect(try await state.ledger() == ["hello sent"])
        #expect(try await state.delivery("hello")?.messageIDs == ["m_1"])
        #expect(try await state.store.person(Event.testPerson).enrollments[0].endReason == "replied")
    }

    @Test func `a tag ends one way and starts another, in one transaction`() async throws {
        let state = try await TemporaryStore([
            .make("a", steps: .care) { $0.stop = [.tag("bought")] },
            .make("b", start: [.tag("bought")], steps: [.text("thanks", 1, .minute)]),
        ])
        try await state.ingest(.message("1"), now: now)
        let report = try await state.ingest(.message("2", payload: "dripd/tag/bought"), now: now + .minutes(5))
        #expect((report.enrolled, report.earliestDue) == (1, now + .minutes(6)))
        let enrollments = try await state.store.person(Event.testPerson).enrollments
        #expect(enrollments.map(\.endReason) == ["tagged", nil])
        #expect(enrollments.map(\.cause) == ["first_message", "tag:bought"])
        #expect(try await state.ledger() == ["hello skipped tagged"])
    }

    @Test func `a start that ends another way says so`() async throws {
        let state = try await TemporaryStore([
            .make("a", steps: .care) { $0.stop = [.sequence("b")] }, .make("b", start: [.manual], steps: .care),
        ])
        try await state.ingest(.message("1"), now: now)
        try await state.ingest(
            .of(.postback(payload: "dripd/start/b", ref: nil), key: "p:1"),
            now: now + .minutes(1)
        )
        let enrollments = try await state.store.person(Event.testPerson).enrollments
        #expect(enrollments.map(\.endReason) == ["other_sequence", nil])
        #expect(enrollments.map(\.cause) == ["first_message", "button"])
    }

    @Test func `a round that a reply ended may be followed by the next, in the same event`() async throws {
        let sequence = DripSequence.make(
            start: [.firstMessage, .message([Phrase("lại")])],
            again: .always,
            steps: .care
        ) { $0.stop = [.replied] }
        let state = try await TemporaryStore([sequence])
        try await state.ingest(.message("1"), now: now)
        try await state.ingest(.message("2", text: "Lại"), now: now + .hours(1))
        let enrollments = try await state.store.person(Event.testPerson).enrollments
        #expect(enrollments.map(\.round) == [1, 2])
        #expect(enrollments.map(\.endReason) == ["replied", nil])
        #expect(try await state.store.status().underWay == 1)
    }

    @Test func `a tap on stop ends all ways and keeps new ones from beginning`() async throws {
        let state = try await TemporaryStore([.make("a", steps: .care), .make("b", again: .always, steps: .care)])
        try await state.ingest(.message("1"), now: now)
        try await state.ingest(.message("2", payload: "dripd/stop"), now: now + .minutes(1))
        let person = try await state.store.person(Event.testPerson)
        #expect(person.summary.stoppedAt == now + .minutes(1))
        #expect(person.enrollments.map(\.endReason) == ["stopped", "stopped"])
        #expect(try await state.ledger() == ["hello skipped stopped", "hello skipped stopped"])
        try await state.ingest(.of(.postback(payload: "dripd/start/b", ref: nil), key: "p:1"), now: now + .days(1))
        #expect(try await state.store.person(Event.testPerson).summary.underWay == [])
    }

    @Test func `the team's message holds the step, and the pause counts from the last`() async throws {
        let state = try await enrolled(late: LateRule(after: .hours(48), then: .skip))
        try await state.ingest(.echo("h_2", of: nil, at: now + .minutes(10)), now: now + .minutes(10))
        // Out of order.
        try await state.ingest(.echo("h_1", of: nil, at: now + .minutes(2)), now: now + .minutes(11))
        #expect(try await state.store.person(Event.testPerson).summary.humanAt == now + .minutes(10))
        #expect(try await state.claim(now: due).isEmpty)
        let end = now + .minutes(10) + .hours(24)
        let next = try #require(try await state.next())
        #expect((next.due, next.scheduled, next.waitingFor) == (end, due, "human"))
        try await state.ingest(.message("2", at: end - .hours(1)), now: end - .hours(1))
        #expect(try await state.claim(now: end - .hours(1)).isEmpty)
        try await state.send(now: end)
        #expect(try await state.ledger() == ["hello sent"])
    }

    @Test func `a pause that outlasts the patience ends the step for that reason, and the next goes on`() async throws {
        let state = try await enrolled(late: LateRule(after: .hours(12), then: .skip))
        try await state.ingest(.echo("h_1", of: nil), now: due)
        #expect(try await state.claim(now: due).isEmpty)
        let report = try await state.store.claim(account: state.account, limit: 10, now: due + .hours(24))
        #expect(report.skipped == [.humanTookOver: 1])
        #expect(try await state.ledger() == ["hello skipped human_took_over"])
        #expect(try await state.next()?.step == "day")
    }

    @Test func `the team's message to a stranger makes nobody known`() async throws {
        let state = try await TemporaryStore()
        try await state.ingest(.echo("h_1", of: nil, to: "9"), now: now)
        #expect(try await state.store.status().people == 0)
    }

    @Test func `a condition that does not hold skips the step and lets the next come`() async throws {
        let steps: [Step] = [
            .make("hello", Offset(15, .minute), onlyIf: .tag("vip"), text: [.literal("hello")]),
            .text("day", 20, .hour),
        ]
        let state = try await TemporaryStore([.make(steps: steps)])
        try await state.ingest(.message("1"), now: now)
        let report = try await state.store.claim(account: state.account, limit: 10, now: due)
        #expect(report.skipped == [.condition: 1])
        #expect(try await state.ledger() == ["hello skipped condition"])
        #expect(try await state.next()?.step == "day")
    }

    @Test func `a step is looked at early, and pulled into the window at its end`() async throws {
        let step = Step.make("day", Offset(1, .day), pullIntoWindow: .minutes(30), text: [.literal("day")])
        let state = try await TemporaryStore([.make(steps: [step])])
        let report = try await state.ingest(.message("1"), now: now)
        let look = now + .days(1) - .minutes(30)
        #expect(report.earliestDue == look)
        #expect(try await state.claim(now: look).isEmpty)
        let next = try #require(try await state.next())
        let last = now + .days(1) - .minutes(6)
        #expect((next.due, next.scheduled, next.waitingFor) == (last, now + .days(1), "time"))
        try await state.send(now: last)
        #expect(try await state.ledger() == ["day sent"])
        #expect(try await state.delivery("day")?.scheduled == now + .days(1))
    }

    @Test func `a step that waited for the person, who wrote in time, and then for the page, was late`() async throws {
        let state = try await enrolled()
        try await state.send(as: "m_1", now: due)
        try await state.send(as: "m_2", now: now + .hours(20))
        let week = now + .days(7)
        #expect(try await state.claim(now: week).isEmpty)
        #expect(try await state.next()?.waitingFor == "window")
        try await state.ingest(.message("2", at: week + .hours(2)), now: week + .hours(2))
        let woken = try #require(try await state.next())
        #expect((woken.due, woken.waitingFor) == (week + .hours(2), nil))
        // The page is paused until the window that they opened has closed, too.
        #expect(try await state.claim(now: week + .hours(27)).isEmpty)
        #expect(try await state.ledger() == ["hello sent", "day sent", "week skipped late"])
    }

    @Test func `of a step that is late half-way, what arrived is kept`() async throws {
        let step = Step.make(
            "hello",
            Offset(15, .minute),
            text: [.literal("hello")],
            images: [.url("https://example.com/a.jpg")]
        )
        let state = try await TemporaryStore([.make(steps: [step])])
        try await state.ingest(.message("1"), now: now)
        try await state.send(now: due)
        #expect(try await state.claim(now: due + .days(2)).isEmpty)
        #expect(try await state.ledger() == ["hello skipped late"])
        #expect(try await state.delivery("hello")?.messageIDs == ["m_1"])
    }

    private func enrolled(stop: [StopRule] = [], late: LateRule = .standard) async throws -> TemporaryStore {
        let state = try await TemporaryStore([.make(late: late, steps: .care) { $0.stop = stop }])
        try await state.ingest(.message("1"), now: now)
        return state
    }
}
