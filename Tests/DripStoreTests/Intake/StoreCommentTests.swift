import ControlAPI
import DripCore
import DripStore
import TestSupport
import Testing

/// People whom a comment enrolled: who they are, the platform tells when it has delivered the private reply.
@Suite struct StoreCommentTests {
    private let due = Instant.start + .minutes(15)

    @Test func `the first step answers the comment, and what follows waits until its author writes`() async throws {
        let state = try await commented()
        let claim = try #require(try await state.claim(now: due).first)
        #expect(claim.recipient == .comment("1_9"))
        try await state.record(.accepted(messageID: "m_1", address: "author"), of: claim, now: due)
        #expect(try await state.ledger(of: "author") == ["hello sent"])
        #expect(try await state.delivery("hello", of: "author")?.permission == "private_reply")
        let dayIsDue = Instant.start + .hours(20)
        #expect(try await state.claim(now: dayIsDue).isEmpty)
        #expect(try await state.next(of: "author")?.waitingFor == "window")
        try await state.ingest(.message("2", from: "author"), now: dayIsDue + .minutes(5))
        let second = try await state.claim(now: dayIsDue + .minutes(5))
        #expect(second.map(\.recipient) == [.person("author")])
    }

    @Test func `somebody whom nothing awaits is not remembered`() async throws {
        let state = try await TemporaryStore([.game])
        try await state.ingest(.comment("1_9", "đẹp quá", from: "author"), now: .start)
        #expect(try await state.store.status().people == 0)
    }

    @Test func `a comment that comes twice, or is the person's second one, has no second reply`() async throws {
        let state = try await commented()
        try await state.ingest(.comment("1_9", "Đã share", from: "author"), now: due)
        try await state.ingest(.comment("1_10", "Đã share", from: "author"), now: due)
        #expect(try await state.claim(now: due).map(\.recipient) == [.comment("1_9")])
    }

    @Test func `the reply is used once it may have arrived, and not while the platform refuses it for now`()
        async throws
    {
        let doubtful = try await commented()
        let lost = try #require(try await doubtful.claim(now: due).first)
        try await doubtful.record(.inDoubt(why: "timeout"), of: lost, now: due)
        #expect(try await doubtful.claim(now: .start + .hours(20)).isEmpty)
        #expect(try await doubtful.next(of: "author")?.waitingFor == "window")

        let refused = try await commented()
        let early = try #require(try await refused.claim(now: due).first)
        let refusal = Refusal(meaning: .retry, code: "2", message: "later", retryAfter: nil)
        try await refused.record(.refused(refusal), of: early, now: due)
        #expect(try await refused.claim(now: due + .hours(1)).map(\.recipient) == [.comment("1_9")])
    }

    @Test func `what an operator sends once more answers the comment again`() async throws {
        let state = try await commented()
        let lost = try #require(try await state.claim(now: due).first)
        try await state.record(.inDoubt(why: "timeout"), of: lost, now: due)
        _ = try await state.store.resolve("author", sequence: "game", step: "hello", as: .resend, now: due)
        #expect(try await state.claim(now: due).map(\.recipient) == [.comment("1_9")])
    }

    @Test func `what came of a comment`() async throws {
        let state = try await commented()
        let ids = ["1_9", "1_10"]
        #expect(
            try await state.store.replies(toComments: ids) == [
                "1_9": CommentReply(state: .waiting, sequence: "game", step: "hello", at: due, reason: nil)
            ]
        )
        let claim = try #require(try await state.claim(now: due).first)
        try await state.record(.inDoubt(why: "timeout"), of: claim, now: due)
        #expect(
            try await state.store.replies(toComments: ids) == [
                "1_9": CommentReply(state: .inDoubt, sequence: "game", step: "hello", at: due, reason: nil)
            ]
        )
        _ = try await state.store.resolve("author", sequence: "game", step: "hello", as: .sent, now: due)
        #expect(try await state.store.replies(toComments: ids)["1_9"]?.state == .sent)

        let stopped = try await commented()
        _ = try await stopped.store.stop("author", sequence: nil, now: due)
        #expect(
            try await stopped.store.replies(toComments: ids) == [
                "1_9": CommentReply(state: .none, sequence: "game", step: nil, at: due, reason: "stopped")
            ]
        )
    }

    @Test func `an author whom the platform does not name gets their address by the reply`() async throws {
        let state = try await commented(by: "comment:1_9")
        let claim = try #require(try await state.claim(now: due).first)
        try await state.record(.accepted(messageID: "m_1", address: "77"), of: claim, now: due)
        #expect(try await state.ledger(of: "77") == ["hello sent"])
        #expect(try await state.next(of: "77")?.step == "day")
        #expect(try await state.store.status().people == 1)
    }

    @Test func `or by its echo, though no answer ever came`() async throws {
        let state = try await commented(by: "comment:1_9")
        let claim = try #require(try await state.claim(now: due).first)
        try await state.ingest(.echo("m_1", of: claim.key, to: "77"), now: due)
        try await state.record(.inDoubt(why: "timeout"), of: claim, now: due + .minutes(1))
        #expect(try await state.ledger(of: "77") == ["hello sent"])
    }

    @Test func `they may be somebody whom we have known all along`() async throws {
        let state = try await TemporaryStore([.game, .make("care", steps: .care)])
        try await state.ingest(.message("1", from: "77"), now: .start - .days(3))
        try await state.ingest(.comment("1_9", "Đã share", from: "comment:1_9", author: "Trần Lan"), now: .start)
        let claims = try await state.claim(now: due)
        let claim = try #require(claims.first { $0.job.enrollment.sequence == "game" })
        try await state.record(.accepted(messageID: "m_1", address: "77"), of: claim, now: due)
        let person = try await state.store.person("77")
        #expect(person.enrollments.map(\.sequence) == ["care", "game"])
        #expect(person.summary.attributes == ["full_name": "Trần Lan"])
        #expect(try await state.store.status().people == 1)
        #expect(try await state.next(of: "77")?.step == "day")
    }

    @Test func `and what stops at the sequence that their comment started ends`() async throws {
        let care = DripSequence.make("care", steps: .care) { $0.stop = [.sequence("game")] }
        let state = try await TemporaryStore([.game, care])
        try await state.ingest(.message("1", from: "77"), now: .start - .days(3))
        try await state.ingest(.comment("1_9", "Đã share", from: "comment:1_9"), now: .start)
        let claims = try await state.claim(now: due)
        let claim = try #require(claims.first { $0.job.enrollment.sequence == "game" })
        try await state.record(.accepted(messageID: "m_1", address: "77"), of: claim, now: due)
        let person = try await state.store.person("77")
        #expect(person.enrollments.map(\.sequence) == ["care", "game"])
        #expect(person.enrollments.map(\.endReason) == ["other_sequence", nil])
    }

    @Test(arguments: [1, 2])
    func `and who has been through the sequence already is not sent it again`(answersAtOnce: Int) async throws {
        let state = try await TemporaryStore([.game])
        try await state.ingest(.comment("1_8", "Đã share", from: "77"), now: .start)
        try await state.ingest(.comment("1_9", "Đã share", from: "comment:1_9"), now: .start)
        let settlements = try await state.claim(now: due).map {
            $0.settle(.accepted(messageID: "m", address: "77"), now: due, jitter: 0)
        }
        for place in stride(from: 0, to: 2, by: answersAtOnce) {
            let batch = Array(settlements[place..<place + answersAtOnce])
            #expect(try await state.store.record(batch, now: due).stale == 0)
        }
        let person = try await state.store.person("77")
        #expect(person.enrollments.map(\.round) == [1, 2])
        #expect(person.enrollments.map(\.endReason) == [nil, "same_sequence"])
        #expect(try await state.ledger(of: "77") == ["hello sent", "hello sent", "day skipped same_sequence"])
        #expect(try await state.store.status().underWay == 1)
    }

    @Test func `nor who had asked to get nothing more`() async throws {
        let state = try await TemporaryStore([.game, .make("care", steps: .care)])
        try await state.ingest(.message("1", from: "77"), now: .start - .days(3))
        _ = try await state.store.stop("77", sequence: nil, now: .start - .days(2))
        try await state.ingest(.comment("1_9", "Đã share", from: "comment:1_9"), now: .start)
        let claim = try #require(try await state.claim(now: due).first)
        try await state.record(.accepted(messageID: "m_1", address: "77"), of: claim, now: due)
        #expect(try await state.store.person("77").enrollments.last?.endReason == "stopped")
        #expect(try await state.next(of: "77") == nil)
    }

    @Test func `nor who had done so before they were forgotten`() async throws {
        let state = try await TemporaryStore([.game])
        try await state.ingest(.message("1", from: "77"), now: .start - .days(3))
        _ = try await state.store.stop("77", sequence: nil, now: .start - .days(2))
        _ = try await state.store.forget("77", now: .start - .days(1))
        try await state.ingest(.comment("1_9", "Đã share", from: "comment:1_9"), now: .start)
        let claim = try #require(try await state.claim(now: due).first)
        try await state.record(.accepted(messageID: "m_1", address: "77"), of: claim, now: due)
        let author = try await state.store.person("77")
        #expect(author.summary.stoppedAt == .start - .days(2))
        #expect(author.enrollments.map(\.endReason) == ["stopped"])
        #expect(try await state.next(of: "77") == nil)
    }

    @Test func `a comment that is edited into the keyword starts, once`() async throws {
        let state = try await TemporaryStore([.game])
        try await state.ingest(.comment("1_9", "đẹp quá", from: "author"), now: .start)
        try await state.ingest(.comment("1_9", "Đã  share!", from: "author", edit: 1), now: .start + .minutes(5))
        try await state.ingest(.comment("1_9", "Đã share nhé", from: "author", edit: 2), now: .start + .minutes(6))
        #expect(try await state.claim(now: due + .minutes(5)).map(\.recipient) == [.comment("1_9")])
        #expect(try await state.store.status().enrolled == 1)
    }

    @Test func `one that has been answered is not answered again, whoever its author turned out to be`() async throws {
        let state = try await TemporaryStore([
            .make("game", start: DripSequence.game.start, again: .always, steps: .care)
        ])
        try await state.ingest(.comment("1_9", "Đã share", from: "comment:1_9"), now: .start)
        let claim = try #require(try await state.claim(now: due).first)
        try await state.record(.accepted(messageID: "m_1", address: "77"), of: claim, now: due)
        _ = try await state.store.stop("77", sequence: "game", now: due)
        let report = try await state.ingest(
            .comment("1_9", "share", from: "comment:1_9", edit: 1),
            now: due + .hours(1)
        )
        #expect((report.taken, report.enrolled) == (["comment": 1], 0))
        #expect(try await state.store.status().people == 1)
    }

    @Test func `a stop of somebody known by their comment alone holds when the platform tells who they are`()
        async throws
    {
        for isKnown in [false, true] {
            let state = try await TemporaryStore([.game, .make("care", steps: .care)])
            if isKnown { try await state.ingest(.message("1", from: "77"), now: .start) }
            try await state.ingest(.comment("1_9", "Đã share", from: "comment:1_9"), now: .start)
            let claim = try #require(
                try await state.claim(now: due).first { $0.recipient == .comment("1_9") }
            )
            _ = try await state.store.stop("comment:1_9", sequence: nil, now: due)
            try await state.record(.accepted(messageID: "m_1", address: "77"), of: claim, now: due)
            let author = try await state.store.person("77")
            #expect(author.summary.stoppedAt == due)
            #expect(author.consent.map(\.kind) == [.stopped])
            #expect(author.summary.underWay == [])
        }
    }

    private func commented(by author: String = "author") async throws -> TemporaryStore {
        let state = try await TemporaryStore([.game])
        try await state.ingest(.comment("1_9", "Đã share", from: author), now: .start)
        return state
    }
}

extension DripSequence {
    fileprivate static let game = make(
        "game",
        start: [.comment(CommentRule(contains: [Phrase("share")], post: nil))],
        late: LateRule(after: .days(9), then: .skip),
        steps: .care
    )
}

extension Event {
    /// - Parameter edit: the number of the edit; nil: it is new.
    fileprivate static func comment(
        _ id: String,
        _ text: String,
        from person: String,
        author: String? = nil,
        edit: Int? = nil
    ) -> Event {
        of(
            .comment(Comment(id: id, post: "1_2", text: text, author: author, isEdit: edit != nil)),
            key: "c:\(id)" + (edit.map { ":\($0)" } ?? ""),
            person: person
        )
    }
}
