import ControlAPI
import DripCore
import DripStore
import TestSupport
import Testing

@testable import DripEngine

/// Webhooks that come long after they were written: late, or sent again by a third party.
@Suite struct ReplayTests {
    private typealias Fixture = ReplayFixture
    private let now = Instant.start

    @Test(arguments: [
        Milliseconds.days(400), .days(46), Milliseconds(45 * 86_400_000 + 1),
    ])
    func `what is older than the events that are kept is dropped and counted`(age: Milliseconds) async throws {
        let fixture = try await Fixture()
        let report = try await fixture.receive(Fixture.message("m_1", at: now - age))
        #expect((report.taken, report.enrolled, report.expired) == ([:], 0, 1))
        #expect(try await fixture.people() == [])
        // The log tells once a minute how many there were: `RefusalLogTests`.
        for _ in 0..<3 { #expect(try await fixture.receive(Fixture.message("m_2", at: now - age)).expired == 1) }
        #expect(
            fixture.log.all == [
                """
                warning dropped events that are too old to be told from copies: does a proxy, or a third party, send old webhooks \
                again? count=1 older_than=45 days
                """
            ]
        )
    }

    @Test(arguments: [Milliseconds(86_400_001), .hours(36), .days(2), .days(5), .days(45)])
    func `what is older than a day opens no window and starts nothing, and is kept`(age: Milliseconds) async throws {
        let fixture = try await Fixture()
        let report = try await fixture.receive(Fixture.message("m_1", "Số của em 0912345678", at: now - age))
        #expect((report.taken, report.enrolled, report.past) == (["message": 1], 0, 1))
        let person = try await fixture.person()
        #expect((person.summary.windowEnds, person.summary.lastWroteAt) == (nil, now - age))
        #expect(person.summary.attributes == ["phone": "+84912345678"])
        #expect(person.enrollments == [])
        // Nor does the same body when it comes once more, while a message of now does.
        let again = try await fixture.receive(Fixture.message("m_1", "Số của em 0912345678", at: now - age))
        #expect(again.duplicates == 1)
        #expect(try await fixture.receive(Fixture.message("m_2", at: now)).enrolled == 1)
        #expect(try await fixture.person().summary.windowEnds == now + .hours(24))
    }

    @Test(arguments: [Milliseconds.zero, .hours(1), .hours(23), .days(1)])
    func `what is late by a day at most does all that it would have done in time`(age: Milliseconds) async throws {
        let fixture = try await Fixture()
        #expect(try await fixture.receive(Fixture.message("m_1", at: now - age)).enrolled == 1)
        let person = try await fixture.person()
        #expect(person.enrollments.map(\.anchor) == [now - age])
        #expect(person.summary.windowEnds == now - age + .hours(24))
    }

    @Test func `a time in seconds, in microseconds or of the entry alone is read as it is meant`() async throws {
        let days5 = (now - .days(5)).milliseconds
        let bodies = [
            Fixture.message("s", "alo", timestamp: days5 / 1000, entryTime: nil),
            Fixture.message("e", "alo", timestamp: nil, entryTime: days5),
            Fixture.message("µ", "alo", timestamp: days5 * 1000, entryTime: days5),
            Fixture.message("u", "alo", timestamp: days5 * 1000, entryTime: nil),
            Fixture.message("0", "alo", timestamp: 0, entryTime: days5),
            Fixture.message("-", "alo", timestamp: -1, entryTime: days5 / 1000),
        ]
        for body in bodies {
            let fixture = try await Fixture()
            let report = try await fixture.receive(body)
            #expect((report.taken, report.enrolled) == (["message": 1], 0), "\(body)")
            #expect(try await fixture.person().summary.windowEnds == nil, "\(body)")
        }
    }

    @Test func `a message of the future opens the window from now, not from then`() async throws {
        for ahead in [Milliseconds.minutes(2), .hours(5), .days(40)] {
            let fixture = try await Fixture()
            try await fixture.receive(Fixture.message("m_1", at: now + ahead))
            #expect(try await fixture.person().summary.windowEnds == now + .hours(24))
        }
    }

    @Test(arguments: [
        (
            #""postback":{"payload":"GO","title":"Go"}"#, ["care", "go"]
        ),
        (#""message":{"mid":"m_2","text":"hi","referral":{"ref":"R","source":"SHORTLINK"}}"#, ["care", "link"]),
        (#""referral":{"ref":"R","source":"SHORTLINK","type":"OPEN_THREAD"}"#, ["link"]),
        (#""message":{"mid":"m_2","text":"x","quick_reply":{"payload":"dripd/tag/vip"}}"#, ["care", "vip"]),
        (#""message":{"mid":"m_2","text":"x","quick_reply":{"payload":"dripd/start/go"}}"#, ["care", "go"]),
        (#""message":{"mid":"m_2","text":"giá"}"#, ["care", "price"]),
    ])
    func `whatever starts a sequence does not when it is two days old`(content: String, started: [String]) async throws
    {
        for (age, expected) in [(Milliseconds.minutes(1), started), (.days(2), [])] {
            let fixture = try await Fixture([
                .make(steps: .care), .make("link", start: [.ref("R")], steps: .care),
                .make("go", start: [.postback("GO")], steps: .care),
                .make("vip", start: [.tag("vip")], steps: .care),
                .make("price", start: [.message([Phrase("giá")])], steps: .care),
            ])
            let at = (now - age).milliseconds
            try await fixture.receive(Fixture.item(content, timestamp: at, entryTime: at))
            let person = try? await fixture.person()
            let expected = content.contains("postback") ? expected.filter { $0 != "care" } : expected
            #expect(person?.enrollments.map(\.sequence).sorted() ?? [] == expected)
            if age > .days(1) { #expect(person?.summary.windowEnds == nil) }
        }
    }

    @Test func `a comment of two days ago is not answered any more`() async throws {
        for (age, enrolled) in [(Milliseconds.hours(20), 1), (.days(2), 0), (.days(50), 0)] {
            let rule = CommentRule(contains: [Phrase("share")], post: nil)
            let fixture = try await Fixture([.make("game", start: [.comment(rule)], steps: .care)])
            #expect(try await fixture.receive(Fixture.comment("1_9", "share", at: now - age)).enrolled == enrolled)
        }
    }

    @Test func `an old stop counts, unless the person has wanted messages again since`() async throws {
        let fixture = try await Fixture(now: now)
        try await fixture.receive(Fixture.message("m_1", at: now))
        // Written on the second day, delivered on the fifth.
        fixture.clock.set(now + .days(5))
        #expect(try await fixture.receive(Fixture.message("m_2", "stop", at: now + .days(2))).stopped == 1)
        #expect(try await fixture.person().summary.stoppedAt == now + .days(2))
        #expect(try await fixture.person().enrollments.map(\.endReason) == ["stopped"])

        try await fixture.receive(Fixture.message("m_3", "START", at: now + .days(5)))
        #expect(try await fixture.person().summary.stoppedAt == nil)
        #expect(try await fixture.receive(Fixture.message("m_4", "stop", at: now + .days(3))).stopped == 0)
        #expect(try await fixture.person().summary.stoppedAt == nil)
        fixture.clock.set(now + .days(8))
        #expect(try await fixture.receive(Fixture.message("m_5", "stop", at: now + .days(6))).stopped == 1)
    }

    @Test func `an old word does not take a stop back, and an old tap on a stop button stops`() async throws {
        let fixture = try await Fixture(now: now)
        try await fixture.receive(Fixture.message("m_1", at: now))
        fixture.clock.set(now + .days(4))
        let tap = #""message":{"mid":"m_2","text":"x","quick_reply":{"payload":"dripd/stop"}}"#
        let at = (now + .days(1)).milliseconds
        #expect(try await fixture.receive(Fixture.item(tap, timestamp: at, entryTime: at)).stopped == 1)
        try await fixture.receive(Fixture.message("m_3", "START", at: now + .days(2)))
        #expect(try await fixture.person().summary.stoppedAt == now + .days(1))
    }

    @Test func `a sequence that stops at an answer stops at one that comes late, if it had begun before`() async throws
    {
        let fixture = try await Fixture([.make(steps: .care) { $0.stop = [.replied] }], now: now)
        try await fixture.receive(Fixture.message("m_1", at: now))
        fixture.clock.set(now + .days(4))
        try await fixture.receive(Fixture.message("m_0", "alo", at: now - .hours(1)))
        #expect(try await fixture.person().enrollments.map(\.endReason) == [nil])
        try await fixture.receive(Fixture.message("m_2", "alo", at: now + .hours(1)))
        #expect(try await fixture.person().enrollments.map(\.endReason) == ["replied"])
    }

    @Test(arguments: [Milliseconds.minutes(10), .days(5), .days(44)])
    func `what was written before an erasure brings nobody back, what was written after it does`(
        age: Milliseconds
    )
        async throws
    {
        let fixture = try await Fixture(now: now)
        try await fixture.receive(Fixture.message("m_1", at: now))
        let erased = now + .hours(1)
        _ = try await fixture.state.store.forget(Fixture.person, now: erased)
        fixture.clock.set(now + age)
        // The body that came before, and one that never came.
        for body in [Fixture.message("m_1", at: now), Fixture.message("m_0", at: erased)] {
            #expect(try await fixture.receive(body).taken == [:])
            #expect(try await fixture.people() == [])
        }
        fixture.clock.set(max(now + age, erased + .minutes(2)))
        let back = erased + .minutes(1)
        try await fixture.receive(Fixture.message("m_2", at: back))
        #expect(try await fixture.people() == [Fixture.person])
        #expect(try await fixture.person().summary.lastWroteAt == back)
    }

    @Test func `a body without any time that came before an erasure brings nobody back`() async throws {
        let fixture = try await Fixture(now: now)
        let undated = Fixture.message("m_1", "alo", timestamp: nil)
        let future = Fixture.message("m_2", at: now + .days(10))
        for body in [undated, future] { try await fixture.receive(body) }
        _ = try await fixture.state.store.forget(Fixture.person, now: now + .hours(1))
        for age in [Milliseconds.hours(2), .days(11), .days(40)] {
            fixture.clock.set(now + age)
            for body in [undated, future] { #expect(try await fixture.receive(body).duplicates == 1) }
            #expect(try await fixture.people() == [])
        }
    }

    @Test func `a stop that comes after its person was forgotten is kept for when they come back`() async throws {
        let fixture = try await Fixture(now: now)
        try await fixture.receive(Fixture.message("m_1", at: now))
        _ = try await fixture.state.store.forget(Fixture.person, now: now + .hours(2))
        fixture.clock.set(now + .hours(3))
        try await fixture.receive(Fixture.message("m_2", "stop", at: now + .hours(1)))
        #expect(try await fixture.people() == [])
        let report = try await fixture.receive(Fixture.message("m_3", at: now + .hours(3)))
        #expect(report.enrolled == 0)
        #expect(try await fixture.person().summary.stoppedAt == now + .hours(1))
    }

    @Test func `a subscription of two days ago gives no permission, and an old end of one counts`() async throws {
        let optin = #""optin":{"type":"notification_messages","payload":"news","notification_messages_token":"T""#
        let fixture = try await Fixture(now: now)
        let old = (now - .days(2)).milliseconds
        try await fixture.receive(Fixture.item(optin + "}", timestamp: old, entryTime: old))
        #expect(try await fixture.person().summary.subscriptions == nil)
        try await fixture.receive(
            Fixture.item(optin + "}", timestamp: now.milliseconds, entryTime: now.milliseconds)
        )
        #expect(try await fixture.person().summary.subscriptions?.count == 1)
        fixture.clock.set(now + .days(4))
        let end = (now + .days(1)).milliseconds
        let stop = optin + #","notification_messages_status":"STOP_NOTIFICATIONS"}"#
        try await fixture.receive(Fixture.item(stop, timestamp: end, entryTime: end))
        #expect(try await fixture.person().summary.subscriptions == nil)
    }

    @Test func `what was written while dripd was down is not late, however long that was`() async throws {
        let fixture = try await Fixture(now: now)
        try await fixture.receive(Fixture.message("m_1", at: now))
        fixture.clock.set(now + .days(3))
        _ = try await fixture.state.store.noteDowntime()
        let other = Fixture.message("m_2", at: now + .days(1)).replacing(Fixture.person, with: "77")
        #expect(try await fixture.receive(other).enrolled == 1)
        #expect(try await fixture.state.store.person("77").enrollments.map(\.anchor) == [now + .days(1)])
        // What was written before that is.
        let older = Fixture.message("m_3", at: now - .hours(1)).replacing(Fixture.person, with: "78")
        #expect(try await fixture.receive(older).enrolled == 0)
    }
}
