import DripCore
import TestSupport
import Testing

@testable import DripStore

/// The platform's hour of private replies goes on over a restart.
@Suite struct StorePrivateReplyTests {
    private let due = Instant.start + .minutes(15)

    @Test func `those of the last hour are known, sent, in doubt or on their way`() async throws {
        let game = DripSequence.make("game", start: [.comment(CommentRule(contains: [], post: nil))], steps: .care)
        let state = try await TemporaryStore([game])
        for number in 1...4 {
            let comment = Comment(id: "1_\(number)", post: "1_2", text: "share", author: nil)
            let event = Event.of(.comment(comment), key: "c:\(number)", person: "\(number)")
            try await state.ingest(event, now: .start + .minutes(Int64(number)))
        }
        for (number, outcome) in [(1, Outcome.accepted(messageID: "m_1")), (2, .inDoubt(why: "no answer"))] {
            let moment = due + .minutes(Int64(number))
            let claim = try #require(try await state.claim(now: moment).first)
            try await state.record(outcome, of: claim, now: moment + .seconds(3))
        }
        #expect(try await state.claim(now: due + .minutes(3)).count == 1)
        try await state.reopen([game], now: due + .minutes(4))
        let moments = try await state.store.privateReplies(before: due + .minutes(5))
        #expect(moments.mapValues { $0.sorted() } == [state.account: [1, 2, 3].map { due + .minutes($0) }])
        #expect(
            try await state.store.privateReplies(before: due + .minutes(62)).mapValues(\.count) == [state.account: 1]
        )
        #expect(try await state.store.privateReplies(before: due + .minutes(63)).isEmpty)
    }

    @Test func `an account that knows of them has so many fewer left`() {
        var account = Limiter(id: AccountID(rawValue: 1), channel: .messenger, page: "1", perSecond: 40, rates: .tested)
        account.restorePrivateReplies(at: (0..<750).map { due + .seconds(Int64($0)) })
        var turns = account.turns(at: due + .minutes(30))
        #expect(turns.take(.privateReply) == due + .hours(1))
        #expect(turns.take(.privateReply) == due + .hours(1) + .seconds(1))
        #expect(turns.take(.text) == due + .minutes(30))
    }
}
