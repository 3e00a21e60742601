import ControlAPI
import DripCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import DripStore

@Suite struct StoreOutageTests {
    @Test func `a full disk refuses the whole event, and takes it when there is room again`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: .start)
        try await state.fillDisk()
        let large = Event.of(.other("optin"), key: "o", body: String(repeating: "x", count: 100_000))
        let error = await #expect(throws: StoreError.self) {
            try await state.ingest(.message("2", from: "9"), large, now: .start)
        }
        #expect(error == .unavailable(path: state.store.path, why: "database or disk is full"))
        #expect(try await state.store.status().people == 1)

        try await state.makeRoom()
        let report = try await state.ingest(.message("2", from: "9"), large, now: .start)
        #expect(report.taken == ["message": 1, "optin": 1])
        #expect(try await state.store.status().people == 2)
    }

    @Test func `a full disk takes no claim and loses none, and the message goes once there is room`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        let due = Instant.start + .minutes(15)
        for person in 1...200 { try await state.ingest(.message("\(person)", from: "\(person)"), now: .start) }
        try await state.store.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        try await state.fillDisk()
        let events = (1...50).map { number in
            DatedEvent(
                event: .of(.other("optin"), key: "o\(number)", body: String(repeating: "x", count: 5_000)),
                at: due
            )
        }
        await #expect(throws: StoreError.self) { _ = try await state.store.ingest(events, now: due) }
        // Whatever part of them still found room: each is either claimed or waits, and none is both.
        let first = (try? await state.claim(now: due)) ?? []
        try await state.makeRoom()
        let second = try await state.claim(now: due)
        #expect(Set((first + second).map(\.job.enrollment.id)).count == 200)
        #expect(first.count + second.count == 200)
    }

    @Test func `a database that another program holds refuses, and works again when it lets go`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        // As the sqlite3 shell would after BEGIN IMMEDIATE; without the five seconds for which dripd waits.
        try await state.store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA busy_timeout = 0") }
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: state.store.path, configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let error = await #expect(throws: StoreError.self) { try await state.ingest(.message("1"), now: .start) }
        #expect(
            error?.description == """
                cannot write to \(state.store.path): database is locked; is the disk full, mounted read-only, or the file \
                locked by another program? Check with `df -h`, `findmnt -T` and `fuser -v`
                """
        )
        #expect(error?.mayPass == true)
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        #expect(try await state.ingest(.message("1"), now: .start).taken == ["message": 1])
        try await state.send(now: .start + .minutes(15))
        #expect(try await state.ledger() == ["hello sent"])
    }

    @Test func `what keeps a message from being claimed keeps no outcome from being recorded`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        let due = Instant.start + .minutes(15)
        try await state.ingest(.message("1"), .message("2", from: "9"), now: .start)
        let claim = try #require(try await state.store.claim(account: state.account, limit: 1, now: due).claims.first)
        try await state.refuse("UPDATE OF claim ON job WHEN NEW.claimed_at IS NOT NULL")
        let round = try await state.store.recordAndClaim(
            [claim.settle(.accepted(messageID: "m_1"), now: due, jitter: 0)],
            claiming: [ClaimAllowance(account: state.account, allowance: 1, examining: 1)],
            limit: 1,
            examining: 1,
            now: due
        )
        #expect((round.failure as? DatabaseError)?.message == "refused")
        #expect((round.reports.count, round.recorded.stale) == (0, 0))
        #expect(try await state.ledger(of: claim.job.person.address.externalID) == ["hello sent"])
    }

    @Test func `what is wrong with one webhook keeps out none of those that are written with it`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        let store = state.store
        try await state.refuse("INSERT ON address WHEN NEW.external_id = '2'")
        // They come while somebody else writes, and so go together.
        let (isHeld, isOver) = (Gate(), DispatchSemaphore(value: 0))
        let other = Task {
            try await store.pool.writeWithoutTransaction { _ in
                isHeld.open()
                isOver.wait()
            }
        }
        await isHeld.pass()
        let takes = (1...4).map { number in
            Task.immediate { () -> Int? in
                let event = DatedEvent(event: .message("\(number)", from: "\(number)"), at: .start)
                return try? await store.ingest([event], now: .start).taken["message"]
            }
        }
        isOver.signal()
        try await other.value
        var taken: [Int?] = []
        for take in takes { taken.append(await take.value) }
        #expect(taken == [1, nil, 1, 1])
        #expect(try await store.status().people == 3)
    }
}

@Suite struct StoreDamageTests {
    @Test func `pages that were written over keep it from opening, and the way back is told`() async throws {
        let state = try await filled()
        try state.damage()
        let error = #expect(throws: StoreError.self) { try state.reopen() }
        #expect(error?.mayPass == false)
        #expect(error?.description.contains("Stop dripd and put a backup in its place: dripd restore FILE") == true)
    }

    @Test(arguments: [0.3, 0.5, 0.9]) func `one page that was written over is found`(place: Double) async throws {
        let state = try await filled()
        let pages = try state.pages()
        let page = Int(Double(pages) * place)
        try state.overwrite(pages: page..<page + 1)
        let error = #expect(throws: StoreError.self) { try state.reopen() }
        #expect(error?.mayPass == false)
    }

    @Test func `a file that was cut short is found`() async throws {
        let state = try await filled()
        let file = try FileHandle(forUpdating: URL(filePath: state.store.path))
        try file.truncate(atOffset: UInt64(4096 * (try state.pages() / 2)))
        try file.close()
        #expect(throws: StoreError.damaged(path: state.store.path, why: "database disk image is malformed")) {
            try state.reopen()
        }
    }

    @Test func `the larger the database, the less of it is looked at before a start`() {
        #expect(Store.checks(ofBytes: 256_000_000, accounts: "account") == ["quick_check(1)"])
        #expect(
            Store.checks(ofBytes: 500_000_000, accounts: "account") == [
                "quick_check('job')", "quick_check('account')", "quick_check('meta')",
            ]
        )
        #expect(
            Store.checks(ofBytes: 500_000_001, accounts: "lane") == ["quick_check('lane')", "quick_check('meta')"]
        )
    }

    @Test func `damage that shows while it is open is no outage that may pass`() async throws {
        let state = try await filled(isClosed: false)
        try state.overwrite(pages: 1..<(try state.pages()))
        // What is in memory may be whole still.
        try await state.store.pool.writeWithoutTransaction { $0.releaseMemory() }
        let error = await #expect(throws: StoreError.self) { _ = try await state.claim(now: .start + .minutes(15)) }
        #expect(error?.mayPass == false)
    }

    /// All of it in the one file.
    private func filled(isClosed: Bool = true) async throws -> TemporaryStore {
        let state = try await TemporaryStore([.make(steps: .care)])
        for person in 1...300 { try await state.ingest(.message("\(person)", from: "\(person)"), now: .start) }
        try await state.store.pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        if isClosed { try state.store.close() }
        return state
    }
}

extension TemporaryStore {
    func pages() throws -> Int {
        let size = try FileManager.default.attributesOfItem(atPath: directory.path + "/dripd.db")[.size] as? Int
        return (size ?? 0) / 4096
    }

    /// As a disk that lost them would.
    func overwrite(pages: Range<Int>) throws {
        let file = try FileHandle(forUpdating: URL(filePath: directory.path + "/dripd.db"))
        try file.seek(toOffset: UInt64(pages.lowerBound) * 4096)
        try file.write(contentsOf: Data(repeating: 0xaa, count: pages.count * 4096))
        try file.close()
    }

    func damage() throws {
        try overwrite(pages: 1..<(try pages()))
        try? FileManager.default.removeItem(atPath: directory.path + "/dripd.db-wal")
    }

    /// As a defect of ours would, in the middle of a transaction.
    func refuse(_ what: String) async throws {
        try await store.pool.write { db in
            try db.execute(sql: "CREATE TRIGGER refusal BEFORE \(what) BEGIN SELECT RAISE(ABORT, 'refused'); END")
        }
    }

    /// Lets the database grow no further.
    func fillDisk() async throws {
        try await setMaximumSize("(SELECT page_count FROM pragma_page_count)")
    }

    func makeRoom() async throws {
        try await setMaximumSize("1073741823")
    }

    private func setMaximumSize(_ expression: String) async throws {
        try await store.pool.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "SELECT \(expression)") ?? 0
            try db.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
    }
}
