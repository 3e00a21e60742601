import ControlAPI
import DripCore
import Foundation
import TestSupport
import Testing

@testable import DripEngine
@testable import DripStore

/// The bad cases of edits, each for people under way, with the real dispatcher: nobody gets a step twice, nobody loses one
/// that still lies ahead.
@Suite struct EditTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    @Test func `the step that somebody waits for is deleted - the next one comes at its time`() async throws {
        let fixture = try await behindHello()
        try await adopt(fixture, [.hello, .week])
        #expect(try await fixture.run(at: now + .hours(20)) == now + .days(7))
        try await fixture.run(at: now + .days(7))
        #expect(fixture.channel.texts == ["hello", "week"])
        #expect(try await fixture.state.ledger() == ["hello sent", "week sent"])
    }

    @Test func `the last step is deleted and brought back - whoever was through by then stays so`() async throws {
        let fixture = try await behindHello()
        try await adopt(fixture, [.hello])
        try await adopt(fixture, .care)
        #expect(try await fixture.run(at: now + .days(7)) == nil)
        #expect(fixture.channel.texts == ["hello"])
    }

    @Test func `a step is deleted and brought back while somebody waits - it is sent once, at its time`() async throws {
        let fixture = try await behindHello()
        try await adopt(fixture, [.hello, .week])
        try await adopt(fixture, .care)
        try await fixture.run(at: now + .hours(20))
        try await adopt(fixture, [.hello, .week])
        try await adopt(fixture, .care)
        try await fixture.run(at: now + .days(7))
        #expect(fixture.channel.texts == ["hello", "day", "week"])
    }

    @Test func `steps are put before, behind and where somebody stands - only what lies ahead is sent`() async throws {
        let fixture = try await behindHello()
        try await adopt(
            fixture,
            [.text("before", 1, .minute), .text("here", 15, .minute), .text("ahead", 16, .minute), .day, .week]
        )
        #expect(try await fixture.run(at: due) == due + .minutes(1))
        // How far "hello" was from it the file tells no more: the whole gap holds.
        #expect(try await fixture.run(at: due + .minutes(1)) == due + .hours(1))
        try await fixture.run(at: due + .hours(1))
        try await fixture.run(at: now + .hours(20))
        #expect(fixture.channel.texts == ["hello", "ahead", "day"])
    }

    @Test func `a step takes the place of the one that is waited for, at the same time`() async throws {
        let fixture = try await behindHello()
        try await adopt(fixture, [.hello, .text("tag", 20, .hour), .week])
        try await fixture.run(at: now + .hours(20))
        try await adopt(fixture, .care)
        try await fixture.run(at: now + .days(7))
        #expect(fixture.channel.texts == ["hello", "tag", "week"])
    }

    @Test func `a step that was sent is renamed - with 'moved' nothing happens, without it stands behind`() async throws
    {
        let fixture = try await behindHello()
        try await adopt(fixture, [.text("chao", 15, .minute), .day, .week])
        #expect(try await fixture.run(at: due + .hours(1)) == now + .hours(20))
        try await adopt(fixture, [.text("chao", 1, .hour), .day, .week], moved: [Move(from: "hello", to: "chao")])
        #expect(try await fixture.run(at: due + .hours(1)) == now + .hours(20))
        #expect(fixture.channel.texts == ["hello"])
        // Without it, and moved ahead, it is another step.
        try await adopt(fixture, [.text("chao", 2, .hour), .day, .week])
        try await fixture.run(at: now + .hours(2))
        #expect(fixture.channel.texts == ["hello", "chao"])
    }

    @Test func `the step that is waited for is renamed - it is sent once, under either name`() async throws {
        let fixture = try await behindHello()
        let moved = [Move(from: "day", to: "ngay")]
        try await adopt(fixture, [.hello, .text("ngay", 20, .hour), .week], moved: moved)
        try await fixture.run(at: now + .hours(20))
        try await adopt(fixture, [.hello, .text("ngay", 21, .hour), .week], moved: moved)
        try await adopt(
            fixture,
            [.hello, .text("hom", 22, .hour), .week],
            moved: moved + [Move(from: "ngay", to: "hom")]
        )
        try await fixture.run(at: now + .hours(22))
        #expect(fixture.channel.texts == ["hello", "ngay"])
        #expect(try await fixture.state.next()?.step == "week")
    }

    @Test func `a message that was refused for now, and arrived all the same, is found through a rename`() async throws
    {
        let fixture = try await DispatcherFixture()
        fixture.channel.answer { _ in .refused(.make(.retry, "2")) }
        try await write(fixture)
        try await fixture.run(at: due)
        try await adopt(fixture, [.text("chao", 15, .minute), .day], moved: [Move(from: "hello", to: "chao")])
        let key = try #require(fixture.channel.requests.first?.key)
        try await fixture.state.ingest(.echo("m_1", of: key), now: due + .seconds(5))
        fixture.channel.acceptAll()
        #expect(try await fixture.run(at: due + .seconds(30)) == now + .hours(20))
        #expect(fixture.channel.requests.count == 1)
        #expect(try await fixture.state.ledger() == ["hello sent"])
    }

    @Test func `two steps change places - each is sent once`() async throws {
        let fixture = try await behindHello()
        try await adopt(fixture, [.hello, .text("week", 20, .hour), .text("day", 1, .week)])
        for moment in [now + .hours(20), now + .days(7)] { try await fixture.run(at: moment) }
        #expect(fixture.channel.texts == ["hello", "week", "day"])
    }

    @Test func `a step that was sent changes places with one that was not - what lies behind is not sent`()
        async throws
    {
        let fixture = try await behindHello()
        try await adopt(fixture, [.text("day", 15, .minute), .text("hello", 20, .hour), .week])
        #expect(try await fixture.run(at: now + .hours(20)) == now + .days(7))
        try await fixture.run(at: now + .days(7))
        #expect(fixture.channel.texts == ["hello", "week"])
    }

    @Test func `a month becomes a minute, for 200 people - no second has more than the page may send`() async throws {
        let month = DripSequence.make(
            late: LateRule(after: .hours(12), then: .skip),
            steps: [.text("month", 1, .month)]
        )
        let fixture = try await DispatcherFixture([month], perSecond: 10)
        fixture.channel.acceptAll()
        // One every six minutes, the last one now: 120 of them within twelve hours and a minute.
        for number in 1...200 {
            let at = now - .minutes(Int64(6 * (200 - number)))
            try await fixture.state.ingest(.message("\(number)", from: "\(number)", at: at), now: now)
        }
        let late = LateRule(after: .hours(12), then: .skip)
        let edited = DripSequence.make(late: late, steps: [.text("month", 1, .minute)])
        #expect(try await fixture.state.adopt([edited], now: now).moved == 200)

        var moments: [Instant] = []
        var moment: Instant? = now
        while let at = moment, at <= now + .minutes(2) {
            moment = try await fixture.run(at: at)
            moments += Array(repeating: at, count: fixture.channel.requests.count - moments.count)
        }
        #expect(moments.count == 121)
        for first in moments {
            #expect(moments.count { $0 >= first && $0 < first + .seconds(1) } <= 10)
        }
        #expect(Set(fixture.channel.requests.map(\.address)).count == 121)
        let status = try await fixture.state.store.status()
        #expect((status.sent, status.skipped, status.underWay) == (121, 79, 0))
        #expect(try await fixture.state.ledger(of: "1") == ["month skipped late"])
        #expect(try await fixture.state.ledger(of: "200") == ["month sent"])
        // The last one's minute has to pass first.
        #expect(moments.last == now + .minutes(1))
    }

    @Test func `the file is deleted - nothing is sent until it is back, and then from where they were`() async throws {
        let fixture = try await behindHello()
        try await adopt(fixture, nil)
        #expect(try await fixture.run(at: now + .hours(20)) == nil)
        try await adopt(fixture, .care, now: now + .hours(22))
        #expect(try await fixture.run(at: now + .hours(22)) == now + .days(7))
        #expect(fixture.channel.texts == ["hello", "day"])
    }

    @Test func `a file that comes back after a week - what is too late is skipped, what lies ahead is sent`()
        async throws
    {
        let fixture = try await behindHello()
        try await adopt(fixture, nil)
        let back = now + .days(8)
        try await fixture.state.ingest(.message("2"), now: back)
        try await adopt(fixture, [.hello, .day, .week, .text("late", 9, .day)], now: back)
        #expect(try await fixture.run(at: back) == back)
        #expect(try await fixture.run(at: back) == now + .days(9))
        try await fixture.state.ingest(.message("3"), now: now + .days(9))
        try await fixture.run(at: now + .days(9))
        #expect(fixture.channel.texts == ["hello", "week", "late"])
        #expect(
            try await fixture.state.ledger() == ["hello sent", "day skipped late", "week sent", "late sent"]
        )
    }

    @Test func `somebody who writes for the first time while the file is gone is not enrolled when it is back`()
        async throws
    {
        let fixture = try await DispatcherFixture()
        try await adopt(fixture, nil)
        try await write(fixture)
        try await adopt(fixture, .care)
        #expect(try await fixture.run(at: due) == nil)
        #expect(try await fixture.state.store.person(Event.testPerson).enrollments == [])
    }

    @Test(arguments: [true, false])
    func `a reload while the message is on its way - it counts, and the new file says what follows`(
        isPinned: Bool
    )
        async throws
    {
        let fixture = try await DispatcherFixture([.make(steps: .care) { $0.onEdit = isPinned ? .pin : .follow }])
        fixture.channel.acceptAll()
        try await write(fixture)
        _ = try await fixture.dispatcher.tick(now: due)
        let edited = DripSequence.make(steps: [.text("hi", 1, .hour), .text("two", 2, .hour)]) {
            $0.onEdit = isPinned ? .pin : .follow
        }
        _ = try await fixture.state.adopt([edited], now: due)
        try await fixture.dispatcher.settleAll { due }
        #expect(try await fixture.state.ledger() == ["hello sent"])
        #expect(try await fixture.state.next()?.step == (isPinned ? "day" : "hi"))
    }

    @Test func `a reload while a message is on its way that is refused for now - its new time counts`() async throws {
        let fixture = try await DispatcherFixture()
        fixture.channel.answer { _ in .refused(.make(.retry, "2")) }
        try await write(fixture)
        _ = try await fixture.dispatcher.tick(now: due)
        try await adopt(fixture, [.text("hello", 2, .hour), .day])
        try await fixture.dispatcher.settleAll { due }
        fixture.channel.acceptAll()
        #expect(try await fixture.run(at: due + .minutes(10)) == now + .hours(2))
        #expect(fixture.channel.requests.count == 1)
        try await fixture.run(at: now + .hours(2))
        #expect(try await fixture.state.ledger() == ["hello sent"])
        #expect(try await fixture.state.delivery("hello")?.scheduled == now + .hours(2))
    }

    @Test func `a step that is put before one that is on its way, and is refused, comes first`() async throws {
        let fixture = try await DispatcherFixture()
        fixture.channel.answer { _ in .refused(.make(.retry, "2")) }
        try await write(fixture)
        _ = try await fixture.dispatcher.tick(now: due)
        try await adopt(fixture, [.text("first", 10, .minute), .hello, .day])
        try await fixture.dispatcher.settleAll { due }
        fixture.channel.acceptAll()
        try await fixture.run(at: due)
        try await fixture.run(at: due + .minutes(5))
        #expect(fixture.channel.texts == ["hello", "first", "hello"])
        #expect(try await fixture.state.ledger() == ["first sent", "hello sent"])
    }

    @Test func `a step that may be pulled into the window from now on is looked at early`() async throws {
        let fixture = try await DispatcherFixture([.make(steps: [.hello, .text("tomorrow", 1, .day)])])
        fixture.channel.acceptAll()
        try await fixture.state.ingest(.message("1"), now: now)
        try await fixture.run(at: due)
        let pulled = Step.make(
            "tomorrow",
            Offset(1, .day),
            pullIntoWindow: .minutes(30),
            text: [.literal("tomorrow")]
        )
        try await adopt(fixture, [.hello, pulled])
        let last = now + .days(1) - .minutes(6)
        #expect(try await fixture.run(at: now + .hours(23)) == now + .days(1) - .minutes(30))
        #expect(try await fixture.run(at: now + .days(1) - .minutes(30)) == last)
        // And not any more.
        try await adopt(fixture, [.hello, .text("tomorrow", 1, .day)])
        #expect(try await fixture.run(at: last) == now + .days(1))
        try await adopt(fixture, [.hello, pulled], now: last)
        try await fixture.run(at: last)
        #expect(fixture.channel.texts == ["hello", "tomorrow"])
    }

    private func behindHello() async throws -> DispatcherFixture {
        let fixture = try await DispatcherFixture()
        fixture.channel.acceptAll()
        try await write(fixture)
        try await fixture.run(at: due)
        return fixture
    }

    /// The person writes, and as if they wrote for a month to come: no window is in the way.
    private func write(_ fixture: DispatcherFixture) async throws {
        try await fixture.state.ingest(.message("1", at: now), .message("open", at: now + .days(30)), now: now)
    }

    /// - Parameter steps: nil: the file is deleted.
    private func adopt(
        _ fixture: DispatcherFixture,
        _ steps: [Step]?,
        moved: [Move] = [],
        now: Instant? = nil
    ) async throws {
        let sequences = steps.map { [DripSequence.make(steps: $0) { $0.moved = moved }] } ?? []
        _ = try await fixture.state.adopt(sequences, now: now ?? due)
    }
}

extension Step {
    fileprivate static let hello = Step.text("hello", 15, .minute)
    fileprivate static let day = Step.text("day", 20, .hour)
    fileprivate static let week = Step.text("week", 1, .week)
}
