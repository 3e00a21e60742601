import ControlAPI
import DripCore
import DripStore
import Synchronization
import TestSupport
import Testing

@testable import DripEngine

/// Which edge of a job's life each outcome takes.
@Suite struct DispatcherOutcomeTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    @Test func `refused for now, it is tried five times, longer apart each time`() async throws {
        let fixture = try await DispatcherFixture([.make(steps: [.text("hello", 15, .minute)])])
        fixture.channel.answer { _ in .refused(.make(.retry, "2")) }
        try await fixture.state.ingest(.message("1"), now: now)
        var moment: Instant? = due
        var waits: [Int64] = []
        while let next = moment {
            moment = try await fixture.run(at: next)
            if let moment { waits.append((moment - next).milliseconds / 1000) }
        }
        #expect(waits == [30, 120, 480, 1920])
        #expect(fixture.channel.requests.count == 5)
        #expect(try await fixture.state.ledger() == ["hello failed 2 no"])
        #expect(try await fixture.state.delivery("hello")?.attempts == 5)
    }

    @Test func `what a copy of the state could not be told apart by is not sent, and goes once it can`() async throws {
        let fixture = try await DispatcherFixture([.make(steps: [.text("hello", 15, .minute)])])
        try await fixture.state.ingest(.message("1"), now: now)
        fixture.state.setFence(writable: false)
        try await fixture.run(at: due)
        #expect(fixture.channel.requests.isEmpty)
        #expect(fixture.account()?.lastTrouble?.contains("/dripd.fence-2: cannot write it") == true)
        let moment = try #require(fixture.account()?.pausedUntil)
        await #expect(throws: StoreError.self) { try await fixture.run(at: moment) }

        fixture.state.setFence(writable: true)
        fixture.channel.answer { _ in .accepted(messageID: "m_1") }
        try await fixture.run(at: moment)
        #expect(fixture.channel.requests.count == 1)
        #expect(try await fixture.state.ledger() == ["hello sent"])
    }

    @Test func `refused for good, the step has failed and the next one comes`() async throws {
        let fixture = try await DispatcherFixture()
        fixture.channel.answer { _ in .refused(.make(.message, "100")) }
        try await fixture.state.ingest(.message("1"), now: now)
        #expect(try await fixture.run(at: due) == now + .hours(20))
        #expect(try await fixture.state.ledger() == ["hello failed 100 no"])
    }

    @Test func `a dead ad account stops paid messages alone, and one each half hour finds out whether it lives`()
        async throws
    {
        let paid = Step.make("paid", Offset(2, .day), outsideWindow: [.marketing], text: [.literal("news")])
        let fixture = try await DispatcherFixture([.make(steps: [.text("hello", 15, .minute), paid])])
        fixture.state.subscriptionLanes = [Event.testPage: SubscriptionPolicy(campaign: "c1")]
        _ = try await fixture.state.adopt([.make(steps: [.text("hello", 15, .minute), paid])], now: now)
        fixture.channel.answer { request in
            if case .marketing = request.recipient { return .refused(.make(.account, "190")) }
            return .accepted(messageID: "m")
        }
        try await fixture.people(25, at: now)
        for person in 1...25 {
            let token = Event.of(
                .subscribed(.marketing, token: "t\(person)", topic: "News", expires: nil),
                key: "s\(person)",
                person: "\(person)"
            )
            try await fixture.state.ingest(token, now: now)
        }
        for second in Int64(0)..<3 { try await fixture.run(at: due + .seconds(second)) }
        #expect(fixture.channel.requests.count == 25)

        // The rate lets ten go at once: those are on their way jobsPerBackloggedAccount, and no other is tried.
        let paidDue = now + .days(2)
        for second in Int64(0)..<3 { try await fixture.run(at: paidDue + .seconds(second)) }
        let tried = fixture.channel.requests.count
        #expect(tried == 35)
        #expect(fixture.account()?.accountStopped == "190 no")
        #expect(fixture.account()?.state(at: paidDue) == .open)

        let probe = paidDue + .minutes(30)
        for second in Int64(0)..<4 { try await fixture.run(at: probe + .seconds(second)) }
        #expect(fixture.channel.requests.count == tried + 1)

        // Somebody who writes is answered as ever.
        try await fixture.state.ingest(.message("new", from: "new"), now: probe)
        try await fixture.run(at: probe + .minutes(15))
        #expect(fixture.channel.requests.last?.recipient == .person("new"))

        fixture.channel.answer { _ in .accepted(messageID: "m") }
        for second in Int64(0)..<8 { try await fixture.run(at: probe + .minutes(31) + .seconds(second)) }
        #expect(fixture.account()?.accountStopped == nil)
        for second in Int64(0)..<8 { try await fixture.run(at: probe + .minutes(62) + .seconds(second)) }
        for person in 1...25 {
            #expect(try await fixture.state.ledger(of: "\(person)") == ["hello sent", "paid sent"])
        }
    }

    @Test func `a person who cannot be reached costs the page nothing`() async throws {
        let fixture = try await DispatcherFixture()
        fixture.channel.answer { request in
            request.address == "1" ? .refused(.make(.person, "551")) : .accepted(messageID: "m")
        }
        try await fixture.people(2, at: now)
        try await fixture.run(at: due)
        try await fixture.run(at: now + .hours(20))
        #expect(try await fixture.state.ledger(of: "1") == ["hello failed 551 no", "day skipped unreachable"])
        #expect(try await fixture.state.ledger(of: "2") == ["hello sent", "day sent"])
        #expect(fixture.account()?.pausedUntil == nil)
    }

    @Test func `in doubt, it is not sent again, and the person goes on`() async throws {
        let fixture = try await DispatcherFixture()
        fixture.channel.answer { request in
            request.key.step == "hello" ? .inDoubt(why: "timeout") : .accepted(messageID: "m")
        }
        try await fixture.state.ingest(.message("1"), now: now)
        try await fixture.run(at: due)
        try await fixture.run(at: now + .hours(20))
        #expect(fixture.channel.texts == ["hello", "day"])
        #expect(try await fixture.state.ledger() == ["hello in_doubt timeout", "day sent"])
    }

    @Test func `a window that is closed after all waits for the person`() async throws {
        let fixture = try await DispatcherFixture()
        let isOpen = Atomic(false)
        fixture.channel.answer { _ in
            isOpen.load(ordering: .relaxed)
                ? .accepted(messageID: "m") : .refused(.make(.window, "10/2018278"))
        }
        try await fixture.state.ingest(.message("1"), now: now)
        #expect(try await fixture.run(at: due) == due + .hours(24))
        #expect(fixture.channel.requests.count == 1)
        #expect(try await fixture.run(at: due + .hours(2)) == due + .hours(24))
        #expect(fixture.channel.requests.count == 1)

        isOpen.store(true, ordering: .relaxed)
        try await fixture.state.ingest(.message("2"), now: due + .hours(3))
        try await fixture.run(at: due + .hours(3))
        #expect(try await fixture.state.ledger() == ["hello sent"])
    }

    @Test func `a page that may not send stops, while another goes on`() async throws {
        let fixture = try await DispatcherFixture(otherPages: ["999"])
        let isDead = Atomic(true)
        fixture.channel.answer { request in
            request.page == "999" || !isDead.load(ordering: .relaxed)
                ? .accepted(messageID: "m") : .refused(.make(.page, "190"))
        }
        try await fixture.state.ingest(.message("1"), .message("2", from: "9", page: "999"), now: now)
        #expect(try await fixture.run(at: due) == now + .hours(20))
        #expect(fixture.account()?.stopped == "190 no")
        #expect(fixture.account("999")?.stopped == nil)
        #expect(try await fixture.run(at: due + .hours(1)) == now + .hours(20))
        #expect(fixture.channel.requests.count == 2)
        #expect(try await fixture.state.ledger(of: "9") == ["hello sent"])
        #expect(try await fixture.state.next()?.waitingFor == "page")

        // The operator gave it a new token.
        isDead.store(false, ordering: .relaxed)
        fixture.limiters.restart()
        try await fixture.run(at: due + .hours(2))
        #expect(try await fixture.state.ledger() == ["hello sent"])
        #expect(try await fixture.state.delivery("hello")?.attempts == 1)
    }

    @Test func `slow down - a pause, then one message, then the full rate`() async throws {
        let fixture = try await DispatcherFixture()
        let isBusy = Atomic(true)
        fixture.channel.answer { _ in
            isBusy.load(ordering: .relaxed)
                ? .refused(.make(.slowDown, "80006", retryAfter: .minutes(19))) : .accepted(messageID: "m")
        }
        try await fixture.people(5, at: now)
        let end = due + .minutes(19)
        #expect(try await fixture.run(at: due) == end)
        #expect(fixture.channel.requests.count == 5)
        #expect(try await fixture.run(at: end - Milliseconds(1)) == end)
        #expect(fixture.channel.requests.count == 5)

        // One finds out that it is not over.
        #expect(try await fixture.run(at: end) == end + .minutes(19))
        #expect(fixture.channel.requests.count == 6)

        isBusy.store(false, ordering: .relaxed)
        let gate = Gate()
        fixture.channel.answer { _ in
            await gate.pass()
            return .accepted(messageID: "m")
        }
        #expect(try await fixture.dispatcher.tick(now: end + .minutes(19)) == nil)
        await gate.arrivals(1)
        #expect(fixture.channel.requests.count == 7)
        gate.open()
        try await fixture.run(at: end + .minutes(19))
        #expect(fixture.channel.requests.count == 11)
        #expect(try await fixture.state.store.status().sent == 5)
    }

    @Test func `certainly not sent, it is tried again when the page does, and costs no attempt`() async throws {
        let fixture = try await DispatcherFixture()
        fixture.channel.answer { _ in .unsent(why: "connection refused") }
        try await fixture.state.ingest(.message("1"), now: now)
        var moment = due
        for seconds in [5, 10, 20, 40, 80, 160] as [Int64] {
            #expect(try await fixture.run(at: moment) == moment + .seconds(seconds))
            moment = moment + .seconds(seconds)
        }
        fixture.channel.acceptAll()
        try await fixture.run(at: moment)
        #expect(try await fixture.state.delivery("hello")?.attempts == 1)
    }

    @Test func `a page that nobody answers for still lets its messages become too late`() async throws {
        let fixture = try await DispatcherFixture()
        fixture.channel.answer { _ in .unsent(why: "connection refused") }
        try await fixture.state.ingest(.message("1"), now: now)
        try await fixture.run(at: due)
        try await fixture.run(at: due + .hours(25))
        #expect(try await fixture.state.ledger().first == "hello skipped late")
    }
}
