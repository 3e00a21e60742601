import ControlAPI
import DripCore
import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import DripStore

/// What holds the one writer, and for how long.
@Suite struct StoreWriterHoldTests {
    @Test func `each write is counted under its own name`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: .start)
        try await state.ingest(.message("2"), now: .start + .minutes(1))
        _ = try await state.store.stop(Event.testPerson, sequence: nil, now: .start + .minutes(2))
        let counts = Dictionary(uniqueKeysWithValues: state.store.holds.all.map { ($0.operation, $0.count) })
        #expect(counts["intake"] == 2)
        #expect(counts["stop"] == 1)
        let intake = try #require(state.store.holds.all.first { $0.operation == "intake" })
        #expect(intake.longest > .zero && intake.longest <= intake.total)
    }

    @Test func `a write that others waited for is reported, with what its commit took`() throws {
        let holds = WriterHolds()
        let reported = Mutex<[LongWrite]>([])
        holds.whenLong { write in reported.withLock { $0.append(write) } }
        let short = LongWrite(operation: "stop", duration: .milliseconds(100), commit: .milliseconds(2))
        let long = LongWrite(operation: "stop", duration: .milliseconds(101), commit: .milliseconds(99))
        holds.add(short)
        holds.add(long)
        #expect(reported.withLock(\.self) == [long])
        #expect(
            holds.all == [
                WriterHold(
                    operation: "stop",
                    count: 2,
                    total: .milliseconds(201),
                    longest: .milliseconds(101)
                )
            ]
        )
    }

    @Test func `while a reader is at work, a person who is erased holds up no write`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: .start)
        try await state.ingest(.message("2", from: "9"), now: .start)
        // As a plan, or a backup, reads for seconds.
        var configuration = Configuration()
        configuration.readonly = true
        configuration.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: state.directory.path + "/dripd.db", configuration: configuration)
        try reader.inDatabase { db in
            try db.execute(sql: "BEGIN")
            _ = try Row.fetchOne(db, sql: "SELECT * FROM person")
        }
        let store = state.store
        let report = try await store.forget(Event.testPerson, now: .start + .minutes(1))
        #expect((report.events, report.logIsHeld) == (1, true))
        try await state.ingest(.message("3", from: "9"), now: .start + .minutes(2))
        #expect(store.holds.longest(of: "cleanFiles") < .seconds(2))
        try reader.inDatabase { try $0.execute(sql: "COMMIT") }
        #expect(try await store.cleanFiles() == .done)
        let log = try Data(contentsOf: URL(filePath: state.directory.path + "/dripd.db-wal"))
        #expect(log.firstRange(of: Data(Event.testPerson.utf8)) == nil)
        try reader.close()
    }

    @Test func `a long file of people, a tag for many and a long webhook are written in slices`() async throws {
        let state = try await TemporaryStore([.make("vips", start: [.tag("vip")], steps: .care)])
        let (store, account) = (state.store, state.account)
        let people = (0..<2500).map {
            (record: PersonRecord(line: $0, page: Event.testPage, address: "\($0)"), account: account)
        }
        let report = try await store.importPeople(people, enrollingIn: nil, isTrial: false, now: .start)
        #expect((report.people, report.added) == (2500, 2500))
        let names = (0..<450).map(String.init)
        let outcomes = try await store.tag(names, with: "vip", now: .start)
        #expect(outcomes.map(\.person) == names)
        #expect(outcomes.allSatisfy { $0.started == ["vips"] })
        let events = (0..<150).map { DatedEvent(event: .message("m\($0)", from: "\($0 % 2)"), at: .start) }
        let taken = try await store.ingest(events + events, now: .start)
        #expect((taken.taken, taken.duplicates) == (["message": 150], 150))
        let counts = ["import", "tag", "intake"].map { store.holds.count(of: $0) }
        #expect(counts == [3, 3, 5])
    }

    @Test func `where one of many is unknown, none is tagged`() async throws {
        let state = try await TemporaryStore([.make("vips", start: [.tag("vip")], steps: .care)])
        try await state.ingest(.message("1"), now: .start)
        let names = Array(repeating: Event.testPerson, count: 300) + ["unknown"]
        await #expect(throws: PersonError.unknown("unknown")) {
            try await state.store.tag(names, with: "vip", now: .start)
        }
        #expect(try await state.store.person(Event.testPerson).summary.tags == [])
    }
}

extension WriterHolds {
    fileprivate func count(of operation: String) -> Int {
        all.first { $0.operation == operation }?.count ?? 0
    }

    fileprivate func longest(of operation: String) -> Duration {
        all.first { $0.operation == operation }?.longest ?? .zero
    }
}
