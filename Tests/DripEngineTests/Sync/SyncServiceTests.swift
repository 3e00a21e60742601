import ControlAPI
import DripCore
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import DripEngine
@testable import DripStore

/// Who wrote before dripd was there, and while it was down.
@Suite struct SyncServiceTests {
    private let now = Instant.start + .days(30)

    @Test func `a walk keeps everybody, from the latest to the oldest, and enrols nobody`() async throws {
        let walk = try await Walk(at: now, pages: [[("3", .days(29)), ("2", .days(20))], [("1", .days(1))]])
        try await walk.go()
        #expect(walk.asked == ["", "1"])
        #expect(walk.pauses == [.seconds(1)])
        let people = try await walk.state.store.people(limit: 10, after: nil)
        #expect(people.map(\.person) == ["3", "2", "1"])
        #expect(people.map(\.underWay) == [[], [], []])
        let wrote = [29, 20, 1].map { Instant.start + .days($0) }
        #expect(people.map(\.lastWroteAt) == wrote)
        #expect(people.map(\.windowEnds) == wrote.map { $0 + .days(1) })
        let progress = try #require(try await walk.progress())
        #expect((progress.conversations, progress.people, progress.enrolled) == (3, 3, 0))
        #expect((progress.endedAt, progress.trouble, progress.reached) == (now, nil, .start + .days(1)))
        // Their first message is behind them: the next one starts nothing.
        try await walk.state.ingest(.message("x", from: "2"), now: now)
        #expect(try await walk.state.store.person("2").enrollments.isEmpty)
    }

    @Test func `a second walk changes nothing, and makes nothing worse`() async throws {
        let walk = try await Walk(at: now, pages: [[("1", .days(1))]])
        try await walk.state.ingest(.message("m", from: "1", text: "0912345678"), now: .start + .days(3))
        let before = try await walk.state.store.person("1")
        try await walk.go()
        try await walk.go()
        #expect(try await walk.state.store.person("1").summary.lastWroteAt == before.summary.lastWroteAt)
        #expect(try await walk.state.store.person("1").summary.windowEnds == before.summary.windowEnds)
        #expect(try await walk.state.store.person("1").enrollments == before.enrollments)
        #expect(try await walk.progress()?.people == 0)
        #expect(try await walk.state.store.status().people == 1)
    }

    @Test func `it goes on from its checkpoint after a crash`() async throws {
        let walk = try await Walk(at: now, pages: [[("3", .days(29))], [("2", .days(20))], [("1", .days(1))]])
        walk.endsAtItsNextPause()
        await #expect(throws: CancellationError.self) { try await walk.go() }
        #expect(try await walk.progress()?.conversations == 1)
        try await walk.goOn()
        #expect(walk.asked == ["", "1", "2"])
        #expect(try await walk.progress()?.people == 3)
    }

    @Test func `it enrols whom it is to, once, if they wrote in time and want it`() async throws {
        let pages = [[("3", Milliseconds.days(29)), ("2", .days(28))], [("1", .days(1))]]
        let walk = try await Walk(at: now, pages: pages)
        try await walk.state.ingest(.message("m", from: "2", text: "dừng"), now: .start + .days(2))
        let order = SyncRequest(sequence: "care", since: now - .days(7))
        try await walk.go(order)
        #expect(try await walk.state.store.person("3").summary.underWay == ["care"])
        #expect(try await walk.state.store.person("2").summary.underWay == [])
        #expect(try await walk.state.store.person("1").enrollments.isEmpty)
        #expect(try await walk.progress()?.enrolled == 1)
        try await walk.go(order)
        #expect(try await walk.progress()?.enrolled == 0)
        await #expect(throws: PersonError.unknownSequence("nope")) {
            try await walk.go(SyncRequest(sequence: "nope"))
        }
    }

    @Test func `whom it enrols ends what stops at that`() async throws {
        let offer = DripSequence.make("offer", start: [.manual], steps: .care)
        let care = DripSequence.make("care", steps: .care) { $0.stop = [.sequence("offer")] }
        let walk = try await Walk(at: now, pages: [[("1", .days(29))]], sequences: [care, offer])
        try await walk.state.ingest(.message("m", from: "1"), now: now - .days(1))
        try await walk.go(SyncRequest(sequence: "offer"))
        let person = try await walk.state.store.person("1")
        #expect(person.enrollments.map(\.endReason) == ["other_sequence", nil])
        #expect(try await walk.state.store.status().underWay == 1)
        #expect(try await walk.progress()?.enrolled == 1)
    }

    @Test func `a busy platform makes it wait, and a refusal ends it with its words`() async throws {
        let walk = try await Walk(at: now, pages: [[("1", .days(1))]])
        walk.answers(.later(why: "613 limit"), .later(why: "613 limit"))
        try await walk.go()
        #expect(walk.pauses == [.seconds(30), .seconds(60)])
        #expect(try await walk.progress()?.trouble == nil)
        walk.answers(.refused(why: "10 permission"))
        try await walk.go()
        #expect(try await walk.progress()?.trouble == "10 permission")
        #expect(try await walk.progress()?.endedAt == now)
    }

    @Test func `what was written while dripd was down starts what it would have started, on its own clock`()
        async throws
    {
        let walk = try await Walk(at: .start, pages: [[]])
        try await walk.catchUp()
        #expect(walk.asked == [])
        // Down for two days; 1 wrote in it, 2 wrote to the end, 3 had written before.
        walk.clock.set(.start + .days(2))
        walk.has([[("2", .minutes(2 * 1440 - 1)), ("1", .hours(30))], [("3", .hours(-1))], [("4", .days(-9))]])
        try await walk.catchUp()
        #expect(walk.asked == ["", "1"])
        let person = try await walk.state.store.person("1")
        #expect(person.enrollments.map(\.anchor) == [.start + .hours(30)])
        #expect(try await walk.state.store.status().people == 1)
        #expect(walk.met == 1)
        // The webhook comes after all, and changes nothing.
        #expect(
            try await walk.state.ingest(.message("m_1-108000000", from: "1"), now: .start + .days(2)).duplicates == 1
        )
        // The one that was too young is found at the next look, if no webhook has brought it.
        walk.clock.set(.start + .days(2) + .hours(1))
        try await walk.catchUp()
        #expect(try await walk.state.store.person("2").enrollments.map(\.anchor) == [.start + .minutes(2 * 1440 - 1)])
    }

    @Test func `after downtime an account is held until what was written meanwhile has been read`() async throws {
        let walk = try await Walk(at: .start, pages: [[]])
        // Nothing was looked at yet: nothing can have been missed.
        #expect(try await walk.state.store.noteDowntime() == [])
        try await walk.catchUp()
        #expect(walk.released == [walk.state.account])
        try await walk.state.ingest(.message("m", from: "9"), now: .start + .hours(3))
        // Down from then on, for half an hour: 1 wrote a moment ago, 2 before that, 3 while dripd was there.
        let now = Instant.start + .minutes(210)
        walk.clock.set(now)
        #expect(try await walk.state.store.noteDowntime() == [walk.state.account])
        walk.has([[("1", .minutes(209)), ("2", .minutes(185))], [("3", .minutes(170))], [("4", .minutes(-30))]])
        walk.endsAtItsNextPause()
        await #expect(throws: CancellationError.self) { try await walk.catchUp() }
        // The second page reaches back behind the downtime: the account may send, and the rest is read at leisure.
        #expect(walk.asked == ["", "1"])
        #expect(walk.releasedBeforePause == 2)
        #expect(try await walk.state.store.person("1").enrollments.map(\.anchor) == [.start + .minutes(209)])
        #expect(try await walk.state.store.caughtUp(of: walk.state.account).missedSince == nil)
        #expect(try await walk.state.store.noteDowntime() == [walk.state.account])
    }

    @Test func `one that dies before it has caught up still has to, from the same time on`() async throws {
        let walk = try await Walk(at: .start, pages: [[]])
        try await walk.catchUp()
        try await walk.state.ingest(.message("m", from: "9"), now: .start + .hours(3))
        _ = try await walk.state.store.noteDowntime()
        let since = try await walk.state.store.caughtUp(of: walk.state.account).missedSince
        #expect(since == .start + .hours(3))
        // A webhook of the short life in between.
        try await walk.state.ingest(.message("n", from: "9"), now: .start + .hours(5))
        #expect(try await walk.state.store.noteDowntime() == [walk.state.account])
        #expect(try await walk.state.store.caughtUp(of: walk.state.account).missedSince == since)
    }

    @Test func `a platform that does not answer holds nothing for longer than a minute`() async throws {
        let walk = try await Walk(at: .start, pages: [[]])
        try await walk.catchUp()
        walk.clock.set(.start + .hours(1))
        _ = try await walk.state.store.noteDowntime()
        walk.has([[("1", .minutes(50))]])
        walk.answersLater(20, advancing: true)
        try await walk.catchUp()
        #expect(walk.pauses == [2, 4, 8, 16, 32].map { .seconds($0) })
        #expect(try await walk.state.store.status().people == 0)
        // It is tried again, and read then.
        walk.answersLater(0, advancing: false)
        try await walk.catchUp()
        #expect(try await walk.state.store.status().people == 1)
    }

    @Test func `a token that may not read conversations holds nothing`() async throws {
        let walk = try await Walk(at: .start, pages: [[]])
        try await walk.catchUp()
        walk.clock.set(.start + .hours(1))
        _ = try await walk.state.store.noteDowntime()
        walk.answers(.refused(why: "200 permission"))
        try await walk.catchUp()
        #expect(walk.released.count == 2)
        #expect(walk.pauses == [])
    }

    @Test func `what it could not read it reads at the next look`() async throws {
        let walk = try await Walk(at: .start, pages: [[]])
        try await walk.catchUp()
        walk.clock.set(.start + .days(1))
        walk.has([[("1", .hours(3))]])
        walk.answers(.refused(why: "190 expired"))
        try await walk.catchUp()
        #expect(try await walk.state.store.status().people == 0)
        walk.answers(.later(why: "2"), .later(why: "2"), .later(why: "2"))
        try await walk.catchUp()
        #expect(try await walk.state.store.status().people == 0)
        try await walk.catchUp()
        #expect(try await walk.state.store.status().people == 1)
    }
}

/// The service with a platform that has these conversations.
private final class Walk {
    private struct Platform {
        var pages: [[Conversation]] = []
        var answers: [ConversationsAnswer] = []
        var asked: [String] = []
        var pauses: [Duration] = []
        var endsAtPause = false
        /// How often it was told that somebody is new.
        var met = 0
        var released: [AccountID] = []
        var advances = false
        var releasedBeforePause = 0

        mutating func answer(_ after: String?) -> ConversationsAnswer {
            asked.append(after ?? "")
            if !answers.isEmpty { return answers.removeFirst() }
            let index = after.flatMap(Int.init) ?? 0
            let next = index + 1 < pages.count ? "\(index + 1)" : nil
            return .found(ConversationPage(conversations: pages[index], next: next))
        }
    }

    let state: TemporaryStore
    let clock: ManualClock
    private let platform: Shared
    private let page: SyncService.Page
    private let service: SyncService

    private final class Shared: Sendable {
        let value = Mutex(Platform())
    }

    init(
        at now: Instant,
        pages: [[(person: String, wrote: Milliseconds)]],
        sequences: [DripSequence] = [.make(steps: .care)]
    ) async throws {
        let state = try await TemporaryStore(sequences)
        let (platform, clock) = (Shared(), ManualClock(now))
        self.state = state
        self.platform = platform
        self.clock = clock
        page = SyncService.Page(account: state.account, channel: .messenger, id: Event.testPage)
        service = SyncService(
            store: state.store,
            pages: [page],
            clock: clock,
            logger: .silent,
            catchesUp: true,
            ask: { _, after in platform.value.withLock { $0.answer(after) } },
            pause: { duration in
                try platform.value.withLock { platform in
                    platform.pauses.append(duration)
                    platform.releasedBeforePause = platform.released.count
                    if platform.advances { clock.set(clock.now() + .seconds(duration.components.seconds)) }
                    guard platform.endsAtPause else { return }
                    platform.endsAtPause = false
                    throw CancellationError()
                }
            },
            wake: {},
            onUnknownPerson: { platform.value.withLock { $0.met += 1 } },
            release: { account in
                platform.value.withLock { $0.released.append(account) }
                return true
            }
        )
        has(pages)
    }

    /// Each person's one message, since `.start`.
    func has(_ pages: [[(person: String, wrote: Milliseconds)]]) {
        let conversations = pages.map { page in
            page.map { person, wrote in
                let id = "m_\(person)-\(wrote.milliseconds)"
                let message = Conversation.Message(id: id, at: .start + wrote, isFromPerson: true, text: "x")
                return Conversation(person: person, name: nil, updatedAt: message.at, messages: [message])
            }
        }
        platform.value.withLock {
            $0.pages = conversations
            $0.asked = []
        }
    }

    func answers(_ answers: ConversationsAnswer...) {
        platform.value.withLock { $0.answers = answers }
    }

    /// - Parameter advancing: whether the clock goes on while it waits.
    func answersLater(_ count: Int, advancing: Bool) {
        platform.value.withLock {
            $0.answers = Array(repeating: .later(why: "timeout"), count: count)
            $0.advances = advancing
        }
    }

    func endsAtItsNextPause() {
        platform.value.withLock { $0.endsAtPause = true }
    }

    var asked: [String] { platform.value.withLock { $0.asked } }
    var released: [AccountID] { platform.value.withLock { $0.released } }
    /// How many had been by its last pause.
    var releasedBeforePause: Int { platform.value.withLock { $0.releasedBeforePause } }
    var met: Int { platform.value.withLock { $0.met } }
    var pauses: [Duration] { platform.value.withLock { $0.pauses } }

    func go(_ order: SyncRequest = SyncRequest()) async throws {
        try await service.begin(nil, order)
        try await service.continueSync(page)
    }

    func goOn() async throws {
        try await service.continueSync(page)
    }

    func catchUp() async throws {
        try await service.catchUp(page)
    }

    func progress() async throws -> SyncProgress? {
        try await state.store.sync(of: state.account)
    }
}
