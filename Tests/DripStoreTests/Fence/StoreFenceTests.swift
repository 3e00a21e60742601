import ControlAPI
import DripCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import DripStore

@Suite struct StoreFenceTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)
    private let dayIsDue = Instant.start + .hours(20)

    @Test func `a new state sends, and goes on after every start`() async throws {
        let state = try await enrolled()
        #expect(state.store.hold == nil)
        try await restart(state, now: now)
        #expect(state.store.hold == nil)
        try await state.send(now: due)
        try await restart(state, now: due)
        #expect(state.store.hold == nil)
        #expect(try await state.ledger() == ["hello sent"])
    }

    @Test func `an older copy sends nothing again, and goes on with what is due later`() async throws {
        let state = try await enrolled()
        let copy = try state.copy()
        try await state.send(now: due)
        try await restore(copy, to: state, now: due + .hours(1))

        #expect(state.store.hold == Hold(reason: .olderCopy, copiedAt: now, noticedAt: due + .hours(1)))
        #expect(try await state.claim(now: due + .hours(1)).isEmpty)
        #expect(try await state.store.nextDue(account: state.account) == nil)

        let report = try await state.store.adoptState(sendingMissed: false, now: due + .hours(2))
        #expect((report.due, report.missed) == (1, 1))
        #expect(state.store.hold == nil)
        #expect(try await state.claim(now: due + .hours(2)).isEmpty)
        #expect(try await state.ledger() == ["hello skipped restored"])
        try await state.send(now: dayIsDue)
        #expect(try await state.ledger() == ["hello skipped restored", "day sent"])
        try await restart(state, now: dayIsDue)
        #expect(state.store.hold == nil)
    }

    @Test func `a copy that knows nothing of who wants nothing more sends nothing`() async throws {
        let stops: [(TemporaryStore) async throws -> Void] = [
            { state in try await state.ingest(.message("2", payload: "dripd/stop"), now: now) },
            { state in _ = try await state.store.stop(Event.testPerson, sequence: nil, now: now) },
            { state in try await takeStopped(in: state, isTrial: false) },
        ]
        for stop in stops {
            let state = try await enrolled()
            let copy = try state.copy()
            try await stop(state)
            try await restore(copy, to: state, now: due)
            #expect(state.store.hold?.reason == .olderCopy)
        }
    }

    @Test func `who wants nothing more is counted once, and not by a trial or where the file cannot follow`()
        async throws
    {
        let state = try await enrolled()
        let copy = try state.copy()
        try await takeStopped(in: state, isTrial: true)
        try await restore(copy, to: state, now: now)
        #expect(state.store.hold == nil)
        state.setFence(writable: false)
        for number in 2...4 {
            try await state.ingest(.message("\(number)", from: "\(number)", payload: "dripd/stop"), now: now)
            _ = try await state.store.stop("\(number)", sequence: nil, now: now)
        }
        try await restart(state, now: now)
        #expect(state.store.hold == nil)
    }

    @Test func `a number that the lost state gave out means nobody else here`() async throws {
        let state = try await enrolled()
        let copy = try state.copy()
        try await state.ingest(.message("2", from: "8"), now: now)
        #expect(try await state.claim(now: due).map(\.job.enrollment.id.rawValue) == [1, 2])
        try await restore(copy, to: state, now: due + .hours(1))
        try await state.ingest(.message("3", from: "9"), now: due + .hours(1))
        let numbers = try await state.store.read {
            try Int64.fetchAll($0, sql: "SELECT id FROM enrollment ORDER BY id")
        }
        #expect(numbers == [1, due.milliseconds + 3_600_001])
    }

    @Test func `a hold outlives the process, and the moment at which it was found does, too`() async throws {
        let state = try await enrolled()
        let copy = try state.copy()
        try await state.send(now: due)
        try await restore(copy, to: state, now: due)
        try await restart(state, now: dayIsDue)
        #expect(state.store.hold == Hold(reason: .olderCopy, copiedAt: now, noticedAt: due))
        #expect(try await state.claim(now: dayIsDue).isEmpty)
    }

    @Test func `what may have been sent is told, before anything is decided`() async throws {
        let state = try await enrolled()
        try await state.ingest(.message("2", from: "9"), now: now + .hours(1))
        let copy = try state.copy()
        try await state.send(now: due)
        try await restore(copy, to: state, now: due + .minutes(1))
        let report = try await state.store.holdReport(steps: 10, now: due + .minutes(1))
        #expect((report.due, report.missed) == (1, 1))
        #expect(report.steps.map(\.person) == [Event.testPerson])
        #expect(report.steps.map(\.due) == [due])
        #expect(try await state.ledger() == [])
    }

    @Test func `the operator may have it sent all the same`() async throws {
        let state = try await enrolled()
        let copy = try state.copy()
        try await state.send(now: due)
        try await restore(copy, to: state, now: due)
        _ = try await state.store.adoptState(sendingMissed: true, now: due)
        try await state.send(now: due)
        #expect(try await state.ledger() == ["hello sent"])
    }

    @Test func `who writes while it is on hold has lost nothing`() async throws {
        let state = try await enrolled()
        let copy = try state.copy()
        try await state.send(now: due)
        try await restore(copy, to: state, now: due)
        try await state.ingest(.message("2", from: "9"), now: due + .minutes(1))
        let adopted = due + .hours(1)
        _ = try await state.store.adoptState(sendingMissed: false, now: adopted)
        try await state.send(now: adopted)
        #expect(try await state.ledger(of: "9") == ["hello sent"])
    }

    @Test func `who was missed and comes in later gets nothing of that time`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("0", from: "8"), now: now)
        let copy = try state.copy()
        try await state.send(now: due)
        try await restore(copy, to: state, now: due + .hours(2))
        _ = try await state.store.adoptState(sendingMissed: false, now: due + .hours(2))
        // They wrote after the copy was made: only the conversations tell.
        let missed = DatedEvent(event: .message("1"), at: due + .minutes(1))
        _ = try await state.store.ingest([missed], now: due + .hours(3))
        #expect(try await state.claim(now: due + .hours(3)).isEmpty)
        #expect(try await state.ledger() == ["hello skipped restored"])
        #expect(try await state.next()?.step == "day")
    }

    @Test func `nothing on hold cannot be adopted`() async throws {
        let state = try await enrolled()
        await #expect(throws: HoldError.notOnHold) { try await state.store.adoptState(sendingMissed: true, now: now) }
        #expect(try await state.store.holdReport(steps: 10, now: now).hold == nil)
    }

    @Test func `a clone on another machine sends nothing, and the original goes on`() async throws {
        let state = try await enrolled()
        try state.reopen(machine: "a")
        try state.reopen(machine: "b")
        #expect(state.store.hold?.reason == .anotherMachine)
        _ = try await state.store.adoptState(sendingMissed: false, now: now)
        try state.reopen(machine: "b")
        #expect(state.store.hold == nil)
        try state.reopen()
        #expect(state.store.hold == nil)
    }

    @Test func `a copy of the whole directory sends nothing`() async throws {
        let state = try await enrolled()
        try state.store.close()
        let other = try TemporaryDirectory()
        for name in ["dripd.db", "dripd.db-wal", URL(filePath: state.fence).lastPathComponent]
        where FileManager.default.fileExists(atPath: state.directory.path + "/" + name) {
            try FileManager.default.copyItem(atPath: state.directory.path + "/" + name, toPath: other.path + "/" + name)
        }
        let copy = try Store(directory: other.path, newInstance: "new", zone: .hoChiMinh)
        #expect(copy.hold?.reason == .copiedFolder)
        try state.reopen()
        #expect(state.store.hold == nil)
    }

    @Test(arguments: [
        (nil, Hold.Reason.fileMissing), ("", .fileUnreadable), ("dripd-fence-1 test 1 2 3\n", .fileUnreadable),
    ])
    func `a file that is missing or damaged holds`(content: String?, reason: Hold.Reason) async throws {
        let state = try await enrolled()
        try state.store.close()
        let path = state.fence
        try FileManager.default.removeItem(atPath: path)
        if let content { try content.write(toFile: path, atomically: false, encoding: .utf8) }
        try state.reopen()
        #expect(state.store.hold?.reason == reason)
        _ = try await state.store.adoptState(sendingMissed: true, now: due)
        try state.reopen()
        #expect(state.store.hold == nil)
    }

    @Test func `an older content of the file under its newer name does not lower the count`() async throws {
        let state = try await enrolled()
        let (copy, content) = (try state.copy(), try state.fenceBytes())
        try await state.send(now: due)
        try state.store.close()
        try state.put(copy)
        let file = try FileHandle(forWritingTo: URL(filePath: state.fence))
        try file.write(contentsOf: content)
        try file.close()
        try state.reopen()
        #expect(state.store.hold?.reason == .olderCopy)
    }

    @Test func `a database that was begun anew beside the old file sends`() async throws {
        let state = try await enrolled()
        try await state.send(now: due)
        try state.store.close()
        for name in ["dripd.db", "dripd.db-wal", "dripd.db-shm"] {
            try? FileManager.default.removeItem(atPath: state.directory.path + "/" + name)
        }
        try state.reopen()
        #expect(state.store.hold == nil)
        try state.reopen()
        #expect(state.store.hold == nil)
    }

    @Test func `the database of a dripd without a fence goes on, but only once`() async throws {
        let state = try await enrolled()
        try await state.store.pool.writeWithoutTransaction { try $0.execute(sql: "DELETE FROM fence") }
        let copy = try state.copy()
        try state.store.close()
        try FileManager.default.removeItem(atPath: state.fence)
        try state.reopen()
        #expect(state.store.hold == nil)
        try await restore(copy, to: state, now: now)
        #expect(state.store.hold?.reason == .olderCopy)
    }

    /// `kill -9` at every moment between two writes, of every batch and every start: what is on the disk then.
    @Test func `however a process ends, no state that is whole is held, and no copy goes on`() async throws {
        let state = try await TemporaryStore([.make(steps: [.text("hello", 15, .minute)])])
        var copies: [String] = []
        var files: [Data] = [try state.fenceBytes()]
        for person in 1...4 {
            try await state.ingest(.message("\(person)", from: "\(person)"), now: now)
            copies.append(try state.copy())
            try await state.send(now: due)
            files.append(try state.fenceBytes())
        }
        try state.store.close()
        // The database has counted the last batch, the file has not yet.
        try state.write(fence: files[files.count - 2])
        try state.reopen()
        #expect(state.store.hold == nil)
        // Once more, after the start in which the file caught up.
        let ahead = try state.fenceBytes()
        try await state.ingest(.message("5", from: "5"), now: now)
        try await state.send(now: due)
        try state.store.close()
        try state.write(fence: ahead)
        try state.reopen()
        #expect(state.store.hold == nil)

        let last = try state.fenceBytes()
        for copy in copies {
            try state.store.close()
            try state.write(fence: last)
            try state.put(copy)
            try state.reopen()
            #expect(state.store.hold?.reason == .olderCopy)
        }
    }

    @Test func `messages whose count did not reach the disk stay here, and go when it has`() async throws {
        let state = try await enrolled()
        state.setFence(writable: false)
        let opening = ClaimAllowance(account: state.account, allowance: 10, examining: 10)
        let round = try await state.store.recordAndClaim(claiming: [opening], limit: 10, examining: 10, now: due)
        let claims = round.reports.flatMap(\.report.claims)
        #expect(claims.count == 1)
        #expect(round.fenceError != nil)
        for claim in claims { try await state.record(.unsent(why: "no"), of: claim, now: due) }
        await #expect(throws: StoreError.self) { try await state.claim(now: due) }

        state.setFence(writable: true)
        try await state.send(now: due)
        #expect(try await state.ledger() == ["hello sent"])
        try state.reopen()
        #expect(state.store.hold == nil)
    }

    @Test func `a machine is told apart by a hash of its id`() {
        let id = Data("4f2d7bd8f8f64d6b8a9c0e1f2a3b4c5d\n".utf8)
        // Said by `systemd-id128 machine-id --app-specific=…` on a machine with that id.
        #expect(MachineIdentity.of(machineID: id) == "5546793b643b4655ac5c95c574ea352e")
        for text in [nil, "", "uninitialized\n", "4f2d"] {
            #expect(MachineIdentity.of(machineID: text.map { Data($0.utf8) }) == nil)
        }
    }

    private func enrolled() async throws -> TemporaryStore {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: now)
        _ = try await state.store.recover(now: now)
        return state
    }

    private func takeStopped(in state: TemporaryStore, isTrial: Bool) async throws {
        var record = PersonRecord(line: 1, page: nil, address: Event.testPerson)
        record.stoppedAt = now
        let report = try await state.store.importPeople(
            [(record, state.account)],
            enrollingIn: nil,
            isTrial: isTrial,
            now: now
        )
        #expect(report.stopped == 1)
    }

    private func restart(_ state: TemporaryStore, now: Instant) async throws {
        try await state.reopen([.make(steps: .care)], now: now)
        _ = try await state.store.recover(now: now)
    }

    private func restore(_ copy: String, to state: TemporaryStore, now: Instant) async throws {
        try state.store.close()
        try state.put(copy)
        try await restart(state, now: now)
    }
}

extension TemporaryStore {
    /// A backup of the database, without the file beside it.
    fileprivate func copy() throws -> String {
        let path = directory.path + "/copy-\(UInt32.random(in: 0 ... .max))"
        try store.pool.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
        return path
    }

    /// Puts a backup in the place of the database.
    fileprivate func put(_ copy: String) throws {
        let database = directory.path + "/dripd.db"
        for path in [database, database + "-wal", database + "-shm"] {
            try? FileManager.default.removeItem(atPath: path)
        }
        try FileManager.default.copyItem(atPath: copy, toPath: database)
    }

    fileprivate func fenceBytes() throws -> Data {
        try Data(contentsOf: URL(filePath: fence))
    }

    /// In place and under the name of its epoch, as the daemon writes it.
    fileprivate func write(fence bytes: Data) throws {
        let file = try FileHandle(forWritingTo: URL(filePath: fence))
        try file.write(contentsOf: bytes)
        try file.close()
        let epoch = try #require(Int64(String(decoding: bytes, as: UTF8.self).split(separator: " ")[3]))
        #expect(rename(fence, directory.path + "/dripd.fence-\(epoch)") == 0)
    }
}
