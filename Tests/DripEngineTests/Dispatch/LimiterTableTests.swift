import Channels
import DripCore
import DripStore
import TestSupport
import Testing

@testable import DripEngine

/// What a new process knows of what the last one has used up.
@Suite struct LimiterTableTests {
    @Test func `the first second sends nothing, since the process before may have sent a second's worth`() async throws
    {
        let state = try await TemporaryStore([.make(steps: .care)])
        let table = try await LimiterTable.of(
            [(.messenger, id: Event.testPage, perSecond: 40), (.messenger, id: "2", perSecond: 1)],
            state.store,
            now: .start
        )
        for (moment, allowed) in [
            (Instant.start, [0, 0]), (.start + Milliseconds(999), [0, 0]), (.start + .seconds(1), [40, 1]),
        ] {
            #expect(
                table.all.map { limiter in
                    var limiter = limiter
                    return limiter.allowance(at: moment)
                } == allowed
            )
        }
        let second: Instant = .start + .seconds(1)
        #expect(table.all.map { $0.next(at: .start) } == [second, second])
    }

    @Test func `an hour's private replies are used up after a restart, too`() async throws {
        let game = DripSequence.make("game", start: [.comment(CommentRule(contains: [], post: nil))], steps: .care)
        let state = try await TemporaryStore([game])
        let comments = (1...MessengerLimits.privateRepliesPerHour).map { number in
            let comment = Comment(id: "1_\(number)", post: "1_2", text: "share", author: nil)
            return DatedEvent(event: .of(.comment(comment), key: "c:\(number)", person: "\(number)"), at: .start)
        }
        _ = try await state.store.ingest(comments, now: .start)
        let left = Instant.start + .minutes(15)
        #expect(try await state.claim(now: left).count == MessengerLimits.privateRepliesPerHour)
        try await state.reopen([game], now: left)
        let later = left + .minutes(20)
        let table = try await LimiterTable.of(
            [(.messenger, id: Event.testPage, perSecond: 40)],
            state.store,
            now: later
        )
        let limiter = try #require(table.all.first)
        #expect((limiter.id, limiter.page, limiter.perSecond) == (state.account, Event.testPage, 40))
        var turns = limiter.turns(at: later)
        #expect(turns.take(.privateReply) == left + .hours(1))
        #expect(turns.take(.text) == later)
    }
}
