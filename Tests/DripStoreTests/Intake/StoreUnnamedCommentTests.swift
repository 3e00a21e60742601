import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

/// Comments whose author the platform does not name: who wrote them shows only in the answer to the private reply.
@Suite struct StoreUnnamedCommentTests {
    private let due = Instant.start + .minutes(15)

    @Test func `hundreds by somebody who wants nothing more bring them one message, and then none for an hour`()
        async throws
    {
        let state = try await stopped()
        try await comment(1...400, in: state)
        let sent = try await send(in: state, from: due, for: .minutes(50)) { _ in "77" }
        #expect(sent.count == 1)
        #expect(
            try await state.store.commentPauses(now: due + .minutes(50)) == [
                CommentPause(page: Event.testPage, reason: .stopped, until: due + .hours(1) + .seconds(1))
            ]
        )
        #expect(try await state.store.commentPauses(now: due + .hours(2)) == [])
        // Then one more, and none for a day. A restart changes nothing.
        try await state.reopen([.game, .make("care", steps: .care)], now: due + .minutes(55))
        let later = try await send(in: state, from: due + .minutes(55), for: .hours(24), every: .minutes(5)) { _ in
            "77"
        }
        #expect(later.count == 1)
        #expect(try await state.ledger(of: "77").filter { $0.hasPrefix("hello sent") }.count == 2)
    }

    @Test func `a person who is paused, or was forgotten and had stopped, counts as well`() async throws {
        let paused = try await TemporaryStore([.game, .make("care", steps: .care)])
        try await paused.ingest(.message("1", from: "77"), now: .start)
        try await paused.ingest(.message("2", from: "77", text: "huy"), now: .start + .minutes(1))
        try await comment(1...50, in: paused)
        #expect(try await send(in: paused, from: due, for: .minutes(50)) { _ in "77" }.count == 1)

        for erasedAt in [Instant.start - .days(1), .start + .minutes(5)] {
            let forgotten = try await stopped()
            try await comment(1...50, in: forgotten)
            _ = try await forgotten.store.forget("77", now: erasedAt)
            #expect(try await send(in: forgotten, from: due, for: .minutes(50)) { _ in "77" }.count == 1)
        }
    }

    @Test func `hundreds by one person who said nothing bring them a day's share`() async throws {
        let state = try await TemporaryStore([.game])
        try await comment(1...400, in: state)
        #expect(try await send(in: state, from: due, for: .minutes(50)) { _ in "77" }.count == 3)
        #expect(try await state.store.commentPauses(now: due + .minutes(50)).map(\.reason) == [.repeated])
    }

    @Test func `those by many people are answered one at a time, so many an hour, also over a restart`() async throws {
        let state = try await TemporaryStore([.game])
        try await comment(1...150, in: state)
        // What has no answer yet keeps the next ones.
        let first = try await state.claim(now: due)
        #expect(first.count == 1)
        #expect(try await state.claim(now: due + .seconds(5)).isEmpty)
        try await state.record(.accepted(messageID: "m", address: "1000"), of: first[0], now: due + .seconds(6))
        let hour = try await send(in: state, from: due + .seconds(6), for: .minutes(50)) { "10\($0)" }
        #expect(hour.count == 59)
        try await state.reopen([.game], now: due + .minutes(52))
        #expect(try await send(in: state, from: due + .minutes(52), for: .minutes(7)) { "20\($0)" }.isEmpty)
        #expect(try await send(in: state, from: due + .minutes(60), for: .minutes(45)) { "30\($0)" }.count == 60)
        #expect(try await state.store.commentPauses(now: due) == [])
    }

    @Test func `an echo that names a person who stopped begins a pause, and reports it`() async throws {
        let state = try await stopped()
        try await comment(1...1, in: state)
        let claim = try #require(try await state.claim(now: due).first)
        let at = due + .seconds(1)
        let report = try await state.ingest(.echo("m_9", of: claim.key, to: "77"), now: at)
        #expect(
            report.commentPauses == [CommentPause(page: Event.testPage, reason: .stopped, until: at + .hours(1))]
        )
    }

    @Test func `an answer that names nobody counts towards the hour`() async throws {
        let state = try await TemporaryStore([.game])
        try await comment(1...100, in: state)
        #expect(try await send(in: state, from: due, for: .minutes(50)) { _ in nil }.count == 60)
    }

    @Test func `comments with an author, and messages, do not wait for them`() async throws {
        let state = try await stopped()
        try await comment(1...20, in: state)
        _ = try await send(in: state, from: due, for: .minutes(1)) { _ in "77" }
        let named = Event.of(
            .comment(Comment(id: "1_1000", post: "1_2", text: "share", author: "Lan")),
            key: "c:1_1000",
            person: "88"
        )
        try await state.ingest(named, .message("m", from: "99"), now: due + .minutes(1))
        #expect(try await state.claim(now: due + .minutes(16)).map(\.recipient) == [.comment("1_1000"), .person("99")])
    }

    @Test func `an author who is named gets a day's messages for comments on however many posts`() async throws {
        let games = (1...9).map { number in
            DripSequence.make(
                "game\(number)",
                start: [.comment(CommentRule(contains: [Phrase("share")], post: "1_\(number)"))],
                steps: .care
            )
        }
        let posts = try await TemporaryStore()
        var catalog = Catalog(zone: .hoChiMinh, sequences: games)
        catalog.dailyLimit = DailyLimit(3)
        _ = try await posts.store.adopt(catalog, versions: [], plan: nil, now: .start)
        for number in 1...9 {
            let comment = Comment(id: "1_\(number)", post: "1_\(number)", text: "share", author: "Lan")
            try await posts.ingest(.of(.comment(comment), key: "c:1_\(number)", person: "88"), now: .start)
        }
        var sent = 0
        for minute in 15...60 {
            for claim in try await posts.claim(now: .start + .minutes(Int64(minute))) {
                sent += 1
                let now = Instant.start + .minutes(Int64(minute))
                try await posts.record(.accepted(messageID: "m_\(sent)", address: "88"), of: claim, now: now)
            }
        }
        #expect(sent == 3)
    }

    @Test func `a comment of before an erasure brings its author back no more than a message does`() async throws {
        let state = try await TemporaryStore([.game])
        try await state.ingest(.message("1", from: "77"), now: .start - .days(1))
        try await comment(1...1, in: state)
        _ = try await state.store.forget("77", now: .start + .minutes(5))
        #expect(try await send(in: state, from: due, for: .minutes(1)) { _ in "77" }.count == 1)
        #expect(try await state.store.people(limit: 10, after: nil).map(\.person) == [])
        let status = try await state.store.status()
        #expect((status.people, status.underWay) == (0, 0))
        // One of after it does.
        try await state.ingest(.unnamed(2), now: .start + .minutes(6))
        #expect(try await send(in: state, from: due + .minutes(10), for: .minutes(1)) { _ in "77" }.count == 1)
        #expect(try await state.store.people(limit: 10, after: nil).map(\.person) == ["77"])
    }

    private func stopped() async throws -> TemporaryStore {
        let state = try await TemporaryStore([.game, .make("care", steps: .care)])
        try await state.ingest(.message("1", from: "77"), now: .start - .days(3))
        _ = try await state.store.stop("77", sequence: nil, now: .start - .days(2))
        return state
    }

    private func comment(_ numbers: ClosedRange<Int>, in state: TemporaryStore) async throws {
        for number in numbers { try await state.ingest(.unnamed(number), now: .start) }
    }

    /// Lets time pass: claims what is due at every step, and has the platform accept each and name its author.
    /// - Returns: the comments that got a private reply.
    private func send(
        in state: TemporaryStore,
        from start: Instant,
        for span: Milliseconds,
        every step: Milliseconds = .seconds(20),
        as author: (Int) -> String?
    ) async throws -> [Recipient] {
        var sent: [Recipient] = []
        var now = start
        while now <= start + span {
            for claim in try await state.claim(now: now) {
                guard case .comment = claim.recipient else { continue }
                sent.append(claim.recipient)
                try await state.record(
                    .accepted(messageID: "m_\(claim.job.enrollment.id.rawValue)", address: author(sent.count)),
                    of: claim,
                    now: now + .seconds(1)
                )
            }
            now = now + step
        }
        return sent
    }
}

extension DripSequence {
    fileprivate static let game = make(
        "game",
        start: [.comment(CommentRule(contains: [Phrase("share")], post: nil))],
        again: .always,
        late: LateRule(after: .days(9), then: .skip),
        steps: .care
    )
}

extension Event {
    fileprivate static func unnamed(_ number: Int) -> Event {
        of(
            .comment(Comment(id: "1_\(number)", post: "1_2", text: "share", author: nil)),
            key: "c:1_\(number)",
            person: Comment.placeholder(for: "1_\(number)")
        )
    }
}
