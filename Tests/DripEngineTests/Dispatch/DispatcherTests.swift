import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripEngine
@testable import DripStore

/// How much goes out, and when.
@Suite struct DispatcherTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    @Test func `a person gets their steps in time, each exactly once`() async throws {
        let fixture = try await DispatcherFixture()
        fixture.channel.acceptAll()
        try await fixture.state.ingest(.message("1"), now: now)
        #expect(try await fixture.run(at: now) == due)
        #expect(try await fixture.run(at: due - Milliseconds(1)) == due)
        #expect(fixture.channel.requests.isEmpty)
        #expect(try await fixture.run(at: due) == now + .hours(20))
        #expect(try await fixture.run(at: due + .hours(1)) == now + .hours(20))
        #expect(try await fixture.run(at: now + .hours(20)) == now + .days(7))
        try await fixture.state.ingest(.message("2"), now: now + .days(6) + .hours(12))
        #expect(try await fixture.run(at: now + .days(7)) == nil)
        #expect(fixture.channel.texts == ["hello", "day", "week"])
        #expect(try await fixture.state.ledger() == ["hello sent", "day sent", "week sent"])
        #expect(try await fixture.run(at: now + .days(400)) == nil)
    }

    @Test func `a request says from whom, to whom, and by which key it is known`() async throws {
        let fixture = try await DispatcherFixture()
        fixture.channel.acceptAll()
        try await fixture.state.ingest(.message("1"), now: now)
        try await fixture.run(at: due)
        #expect(
            fixture.channel.requests == [
                ScriptedChannel.Request(
                    part: .text("hello", buttons: []),
                    page: Event.testPage,
                    recipient: .person(Event.testPerson),
                    key: DeliveryKey(instance: "test", enrollment: EnrollmentID(rawValue: 1), step: "hello", part: 0)
                )
            ]
        )
    }

    @Test func `the parts of a step follow each other`() async throws {
        let step = Step.make(
            "parts",
            Offset(0, .second),
            text: [.literal("hi")],
            images: [.url("https://example.com/1.jpg")],
            video: .url("https://example.com/v.mp4")
        )
        let fixture = try await DispatcherFixture([.make(steps: [step])])
        fixture.channel.acceptAll()
        try await fixture.state.ingest(.message("1"), now: now)
        try await fixture.run(at: now)
        #expect(fixture.channel.requests.map(\.key.part) == [0, 1, 2])
        #expect(try await fixture.state.delivery("parts")?.messageIDs == ["m_1", "m_2", "m_3"])
    }

    @Test func `the rate holds across ticks`() async throws {
        let fixture = try await DispatcherFixture(perSecond: 10)
        fixture.channel.acceptAll()
        try await fixture.people(25, at: now)
        #expect(try await fixture.run(at: due) == due + .seconds(1))
        #expect(try await fixture.run(at: due + Milliseconds(999)) == due + .seconds(1))
        #expect(fixture.channel.requests.count == 10)
        #expect(try await fixture.run(at: due + .seconds(1)) == due + .seconds(2))
        #expect(fixture.channel.requests.count == 20)
        #expect(try await fixture.run(at: due + .seconds(2)) == now + .hours(20))
        #expect(fixture.channel.requests.count == 25)
        #expect(Set(fixture.channel.requests.map(\.address)).count == 25)
    }

    @Test func `texts go past a burst of videos, which keep to their own rate`() async throws {
        let fixture = try await DispatcherFixture([
            .make(
                "films",
                start: [.ref("film")],
                steps: [.make("film", Offset(15, .minute), video: .url("https://example.com/v"))]
            ),
            .make("care", steps: [.text("hello", 16, .minute)]),
        ])
        fixture.channel.acceptAll()
        for number in 1...50 {
            try await fixture.state.ingest(
                .of(.referral(ref: "film"), key: "r\(number)", person: "v\(number)"),
                now: now
            )
        }
        try await fixture.people(5, at: now)
        // After an outage, all of it is due.
        let late = due + .minutes(5)
        #expect(try await fixture.run(at: late) == late + .seconds(1))
        #expect(fixture.channel.texts.filter { $0 == "hello" }.count == 3)
        #expect(fixture.channel.requests.count == 10)
        var moment: Instant? = late + .seconds(1)
        var seconds = 1
        while let next = moment {
            moment = try await fixture.run(at: next)
            seconds += 1
            #expect(fixture.channel.requests.count { $0.part.kind == .media } == min(7 * seconds, 50))
        }
        #expect(seconds == 8)
        #expect(fixture.channel.texts.filter { $0 == "hello" }.count == 5)
        #expect(try await fixture.state.store.status().sent == 55)
    }

    @Test func `no more requests are under way than the limit says`() async throws {
        var limits = DispatchLimits()
        limits.concurrency = 3
        let fixture = try await DispatcherFixture(limits: limits)
        let gate = Gate()
        fixture.channel.answer { _ in
            await gate.pass()
            return .accepted(messageID: "m")
        }
        try await fixture.people(5, at: now)
        #expect(try await fixture.dispatcher.tick(now: due) == nil)
        await gate.arrivals(3)
        #expect(try await fixture.dispatcher.tick(now: due) == nil)
        #expect(fixture.channel.requests.count == 3)
        gate.open()
        try await fixture.run(at: due)
        #expect(fixture.channel.requests.count == 5)
    }

    @Test func `batches leave nobody out`() async throws {
        var limits = DispatchLimits()
        limits.batch = 2
        let fixture = try await DispatcherFixture(perSecond: 40, limits: limits)
        fixture.channel.acceptAll()
        try await fixture.people(7, at: now)
        #expect(try await fixture.run(at: due) == now + .hours(20))
        #expect(Set(fixture.channel.requests.map(\.address)) == ["1", "2", "3", "4", "5", "6", "7"])
    }

    @Test func `of many pages those that have waited longest come first, and none is left out`() async throws {
        var limits = DispatchLimits()
        limits.concurrency = 1
        limits.batch = 2
        let pages = ["905", "904", "903", "902", "901"]
        let fixture = try await DispatcherFixture(otherPages: pages, limits: limits)
        fixture.channel.acceptAll()
        for (place, page) in pages.enumerated() {
            try await fixture.state.ingest(.message(page, page: page), now: now + .seconds(Int64(place)))
        }
        let later = due + .minutes(1)
        _ = try await fixture.dispatcher.tick(now: later)
        while !fixture.dispatcher.isIdle {
            _ = try await fixture.dispatcher.recordAndClaim(fixture.dispatcher.mailbox.next().outcomes, now: later)
        }
        #expect(fixture.channel.requests.map(\.page) == pages)
    }

    @Test func `pages in arrears take turns, by four messages each`() async throws {
        var limits = DispatchLimits()
        limits.concurrency = 16
        let pages = ["2", "3", "4", "5"]
        let fixture = try await DispatcherFixture(otherPages: pages, limits: limits)
        fixture.channel.acceptAll()
        for person in 1...9 {
            for page in [Event.testPage] + pages {
                try await fixture.state.ingest(.message("\(page) \(person)", from: "\(person)", page: page), now: now)
            }
        }
        // Nothing is known of them at first: what was enrolled first goes.
        _ = try await fixture.dispatcher.tick(now: due)
        try await fixture.dispatcher.settleAll { due }
        #expect(fixture.channel.requests.map(\.key.enrollment.rawValue).sorted() == Array(1...16))
        _ = try await fixture.dispatcher.recordAndClaim([], now: due)
        try await fixture.dispatcher.settleAll { due }
        let taken = fixture.channel.requests.map(\.key.enrollment.rawValue).dropFirst(16)
        #expect(taken.sorted() == [17, 18, 19, 20, 22, 23, 24, 25, 27, 28, 29, 30, 32, 33, 34, 35])
        try await fixture.run(at: due)
        #expect(fixture.channel.requests.map(\.key.enrollment.rawValue).sorted() == Array(1...45))
    }

    @Test func `where few places are free, an old backlog leaves some of them to another page`() async throws {
        var limits = DispatchLimits()
        limits.concurrency = 4
        let fixture = try await DispatcherFixture(perSecond: 40, otherPages: ["2"], limits: limits)
        fixture.channel.acceptAll()
        try await fixture.people(20, at: now)
        for person in 1...3 {
            try await fixture.state.ingest(.message("\(person)", from: "\(person)", page: "2"), now: now + .seconds(1))
        }
        let later = due + .seconds(1)
        _ = try await fixture.dispatcher.tick(now: later)
        try await fixture.dispatcher.settleAll { later }
        _ = try await fixture.dispatcher.recordAndClaim([], now: later)
        try await fixture.dispatcher.settleAll { later }
        let pages = fixture.channel.requests.dropFirst(4).map(\.page)
        #expect(pages.sorted() == [Event.testPage, Event.testPage, "2", "2"])
    }

    @Test
    func `a page that had nothing left in a turn is asked again when an outcome of that turn is to be tried again`()
        async throws
    {
        var limits = DispatchLimits()
        limits.concurrency = 3
        limits.batch = 2
        let fixture = try await DispatcherFixture([.make(steps: [.text("hello", 15, .minute)])], limits: limits)
        fixture.channel.answer { request in
            request.address == "3" ? .refused(.make(.retry, "2")) : .accepted(messageID: "m")
        }
        try await fixture.people(4, at: now)
        let dispatcher = fixture.dispatcher
        _ = try await dispatcher.tick(now: due)
        var outcomes: [(claim: Claim, outcome: Outcome)] = []
        while outcomes.count < 3 { outcomes += await dispatcher.mailbox.next().outcomes }
        // The first two are recorded, and the fourth is claimed: nothing more is due. Then comes the third.
        outcomes.sort { $0.claim.job.enrollment.id.rawValue < $1.claim.job.enrollment.id.rawValue }
        #expect(try await dispatcher.recordAndClaim(outcomes, now: due) == due + .seconds(30))
        try await dispatcher.settleAll { due }
        #expect(fixture.channel.requests.count == 4)
    }

    @Test func `what is skipped makes room for what is sent`() async throws {
        let fixture = try await DispatcherFixture([.make(steps: [.text("hello", 15, .minute)])], perSecond: 2)
        fixture.channel.acceptAll()
        try await fixture.people(3, at: now - .hours(30))
        try await fixture.state.ingest(.message("last", from: "last"), now: now)
        #expect(try await fixture.run(at: due) == nil)
        #expect(fixture.channel.requests.map(\.address) == ["last"])
        #expect(try await fixture.state.ledger(of: "1") == ["hello skipped late"])
    }

    @Test func `an outcome that the disk does not take is kept, and recorded when it does`() async throws {
        let fixture = try await DispatcherFixture()
        fixture.channel.acceptAll()
        try await fixture.state.ingest(.message("1"), now: now)
        _ = try await fixture.dispatcher.tick(now: due)
        try await fixture.refuseWrites(true)
        let path = fixture.state.store.path
        for _ in 0..<2 {
            await #expect(throws: StoreError.unavailable(path: path, why: "attempt to write a readonly database")) {
                try await fixture.dispatcher.settleAll { due }
            }
        }
        #expect(!fixture.dispatcher.isIdle)
        #expect(try await fixture.state.ledger() == [])
        try await fixture.refuseWrites(false)
        #expect(try await fixture.run(at: due + .minutes(1)) == now + .hours(20))
        #expect(fixture.channel.texts == ["hello"])
        #expect(try await fixture.state.ledger() == ["hello sent"])
    }
}
