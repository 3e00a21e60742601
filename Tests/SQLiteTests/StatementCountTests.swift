import ControlAPI
import DripCore
import TestSupport
import Testing

@testable import DripStore

/// What a message, and a webhook, ask of the database: a statement more for each of them is to be seen in a review.
@Suite struct StatementCountTests {
    @Test func `a hundred messages are claimed, and recorded, in a transaction each`() async throws {
        let state = try await TemporaryStore([
            .make(steps: [.text("hello", 15, .minute), .text("day", 20, .hour)])
        ])
        for number in 1...100 { try await state.ingest(.message("\(number)", from: "\(number)"), now: .start) }
        let now = Instant.start + .minutes(15)
        var claims: [Claim] = []
        let claiming = try await state.countedStatements { claims = try await state.claim(now: now) }
        #expect(claims.count == 100)
        #expect(
            claiming == [
                "1 BEGIN IMMEDIATE", "1 COMMIT", "1 SELECT job", "1 SELECT json_each(?)", "1 UPDATE fence",
                "100 UPDATE job",
            ]
        )
        let settlements = claims.map { $0.settle(.accepted(messageID: "m"), now: now, jitter: 0) }
        let recording = try await state.countedStatements { _ = try await state.store.record(settlements, now: now) }
        #expect(
            recording == [
                "1 BEGIN IMMEDIATE", "1 COMMIT", "100 INSERT delivery", "1 INSERT tally", "1 SELECT json_each(?)",
                "100 UPDATE job",
            ]
        )
    }

    @Test func `where no account is asked, a turn is what it records`() async throws {
        let state = try await TemporaryStore([.make(steps: [.text("hello", 15, .minute)])])
        try await state.ingest(.message("1"), now: .start)
        let now = Instant.start + .minutes(15)
        let settlements = try await state.claim(now: now).map {
            $0.settle(.accepted(messageID: "m"), now: now, jitter: 0)
        }
        let statements = try await state.countedStatements {
            _ = try await state.store.recordAndClaim(settlements, claiming: [], limit: 9, examining: 9, now: now)
        }
        #expect(
            statements == [
                "1 BEGIN IMMEDIATE", "1 COMMIT", "1 DELETE FROM", "1 INSERT delivery", "2 INSERT tally",
                "1 SELECT json_each(?)", "2 UPDATE enrollment",
            ]
        )
    }

    @Test func `of those who may reach the day's limit it is asked what they got, and of nobody else`() async throws {
        let state = try await TemporaryStore()
        var catalog = Catalog(
            zone: .hoChiMinh,
            sequences: [.make(steps: [.text("one", 1, .hour), .text("two", 2, .hour)])]
        )
        catalog.dailyLimit = DailyLimit(1)
        _ = try await state.store.adopt(catalog, versions: [], plan: nil, now: .start)
        for number in 1...3 { try await state.ingest(.message("\(number)", from: "\(number)"), now: .start) }
        let first = try await state.countedStatements { try await state.send(now: .start + .hours(1)) }
        #expect(!first.contains { $0.hasSuffix("SELECT enrollment") })
        let second = try await state.countedStatements { try await state.send(now: .start + .hours(2)) }
        #expect(second.contains("3 SELECT enrollment"))
    }

    @Test func `a hundred accounts are asked together what they have, and what is taken is read together`() async throws
    {
        let state = try await TemporaryStore([.make(steps: [.text("hello", 15, .minute)])])
        try await state.ingest(.message("1"), now: .start)
        let now = Instant.start + .minutes(15)
        let others = try await state.store.accounts(channel: "messenger", pages: (1...99).map { "\($0)" })
        let allowances = ([state.account] + others).map { ClaimAllowance(account: $0, allowance: 1, examining: 1) }
        let statements = try await state.countedStatements {
            let round = try await state.store.recordAndClaim(claiming: allowances, limit: 1, examining: 1, now: now)
            #expect(round.reports.map(\.report.claims.count) == [1])
            #expect(round.following.count == 100)
        }
        #expect(
            statements == [
                "1 BEGIN IMMEDIATE", "1 COMMIT", "1 SELECT job", "1 SELECT json_each(?)", "1 UPDATE fence",
                "1 UPDATE job",
            ]
        )
    }

    @Test func `new people of a file take a statement for every 32, and two for all that they begin`() async throws {
        let state = try await TemporaryStore([.make(start: [.manual], steps: [.text("hello", 15, .minute)])])
        let people = (1...100).map { number in
            var record = PersonRecord(line: number, page: nil, address: "\(number)")
            record.attributes = ["full_name": "Lan \(number)"]
            return (record, state.account)
        }
        let statements = try await state.countedStatements {
            let report = try await state.store.importPeople(people, enrollingIn: "care", isTrial: false, now: .start)
            #expect(report.enrolled == 100)
        }
        #expect(
            statements == [
                "1 BEGIN IMMEDIATE", "1 COMMIT", "7 INSERT address", "1 INSERT enrollment", "1 INSERT job",
                "7 INSERT person", "3 INSERT tally", "1 RELEASE SAVEPOINT", "1 SAVEPOINT grdb", "1 SELECT account",
                "1 SELECT enrollment", "1 SELECT forgotten", "1 SELECT person", "1 SELECT sqlite_sequence",
            ]
        )
    }

    @Test
    func `a webhook of somebody new takes seven statements, of somebody known seven, and those of its transaction`()
        async throws
    {
        let state = try await TemporaryStore([.make(steps: [.text("hello", 15, .minute)])])
        let events = (1...60).map { DatedEvent(event: .message("\($0)", from: "\($0)"), at: .start) }
        let new = try await state.countedStatements { _ = try await state.store.ingest(events, now: .start) }
        #expect(
            new == [
                "1 BEGIN IMMEDIATE", "1 COMMIT", "1 DELETE FROM", "60 INSERT address", "60 INSERT enrollment",
                "60 INSERT event", "60 INSERT job", "60 INSERT person", "3 INSERT tally", "1 SELECT account",
                "60 SELECT address", "60 SELECT event", "1 SELECT forgotten",
            ]
        )
        let later = (1...60).map {
            DatedEvent(event: .message("later \($0)", from: "\($0)"), at: .start + .minutes(1))
        }
        let known = try await state.countedStatements { _ = try await state.store.ingest(later, now: .start) }
        #expect(
            known == [
                "1 BEGIN IMMEDIATE", "1 COMMIT", "1 DELETE FROM", "60 INSERT event", "1 SELECT account",
                "60 SELECT address", "60 SELECT enrollment", "60 SELECT event", "1 SELECT forgotten",
                "60 UPDATE address",
                "60 UPDATE job", "60 UPDATE person",
            ]
        )
    }

    @Test func `webhooks that come together share transactions, and each is told of its own`() async throws {
        let state = try await TemporaryStore([.make(steps: [.text("hello", 15, .minute)])])
        let store = state.store
        let statements = try await state.countedStatements {
            try await withThrowingTaskGroup(of: IntakeReport.self) { group in
                for number in 1...40 {
                    let event = DatedEvent(event: .message("\(number)", from: "\(number)"), at: .start)
                    group.addTask { try await store.ingest([event], now: .start) }
                }
                for try await report in group { #expect(report.enrolled == 1) }
            }
        }
        let transactions = try #require(statements.first { $0.hasSuffix(" BEGIN IMMEDIATE") })
        #expect(Int(transactions.split(separator: " ")[0]).map { $0 < 40 } == true)
        #expect(statements.contains("40 INSERT enrollment"))
    }
}
