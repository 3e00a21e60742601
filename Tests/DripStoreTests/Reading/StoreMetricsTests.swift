import ControlAPI
import DripCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import DripStore

@Suite struct StoreMetricsTests {
    @Test func `what was not sent is counted by why`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        for person in ["1", "2", "3", "4"] { try await state.ingest(.message("m\(person)", from: person), now: .start) }
        _ = try await state.store.stop("1", sequence: nil, now: .start)
        let due = Instant.start + .minutes(15)
        let outcomes: [String: Outcome] = [
            "2": .refused(
                Refusal(meaning: .message, code: "100", message: "Nguyễn Lan: no such thing", retryAfter: nil)
            ),
            "3": .refused(Refusal(meaning: .person, code: "551", message: "gone", retryAfter: nil)),
            "4": .inDoubt(why: "timeout"),
        ]
        for claim in try await state.claim(now: due) {
            try await state.record(try #require(outcomes[claim.job.person.address.externalID]), of: claim, now: due)
        }
        let metrics = try await state.store.metrics()
        #expect(metrics.skipped == ["stopped": 1])
        #expect(metrics.failed == ["message": 1, "person": 1])
        #expect(metrics.sums.inDoubt == 1)
        #expect(metrics.earliestDue.keys.sorted { $0.rawValue < $1.rawValue } == [state.account])
    }

    @Test func `what was counted before reasons were is told as unknown`() async throws {
        let state = try await TemporaryStore([])
        try await state.store.pool.write {
            try $0.execute(sql: "INSERT INTO tally VALUES ('skipped', 7), ('skipped/late', 2)")
        }
        #expect(try await state.store.metrics().skipped == ["late": 2, "unknown": 5])
    }

    @Test func `a log that one transaction made large is small again after the next`() async throws {
        let state = try await TemporaryStore([])
        try await state.store.pool.write {
            try $0.execute(sql: "CREATE TABLE large AS SELECT randomblob(20000000) AS content")
        }
        #expect(try await state.store.metrics().walBytes > 20_000_000)
        try await state.store.proveWritable(now: .start)
        #expect(try await state.store.metrics().walBytes == 4_194_304)
    }

    @Test func `an account where nothing can be claimed has no due time`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        #expect(try await state.store.metrics().earliestDue == [:])
        try await state.ingest(.message("1"), now: .start)
        #expect(try await state.store.metrics().earliestDue == [state.account: .start + .minutes(15)])
        // On its way, and then in no file.
        let claim = try #require(try await state.claim(now: .start + .minutes(15)).first)
        #expect(try await state.store.metrics().earliestDue == [:])
        try await state.record(.accepted(messageID: "m"), of: claim, now: .start + .minutes(15))
        _ = try await state.adopt([], now: .start + .minutes(16))
        #expect(try await state.store.metrics().earliestDue == [:])
    }

    @Test func `the files' sizes are told, and when the log was written back`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.store.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        let before = try await state.store.metrics()
        let messages = (0..<200).map { DatedEvent(event: .message("m\($0)", from: "\($0)"), at: .start) }
        _ = try await state.store.ingest(messages, now: .start)
        let after = try await state.store.metrics()
        #expect(after.walBytes > before.walBytes)
        #expect(after.databaseBytes == before.databaseBytes)
        try await state.store.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        let written = try await state.store.metrics()
        #expect(written.walBytes == 0)
        #expect(written.databaseBytes > before.databaseBytes)
        #expect(try #require(written.checkpointAt) >= (try #require(before.checkpointAt)))
    }

    @Test func `a state that takes nothing says so when it is asked`() async throws {
        let state = try await TemporaryStore([])
        try await state.store.proveWritable(now: .start)
        try await state.store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = 1") }
        await #expect(
            throws: StoreError.unavailable(path: state.store.path, why: "attempt to write a readonly database")
        ) {
            try await state.store.proveWritable(now: .start)
        }
    }
}
