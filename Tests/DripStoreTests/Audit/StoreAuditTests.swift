import ControlAPI
import DripCore
import GRDB
import TestSupport
import Testing

@testable import DripStore

/// What is kept of requests that change something, and what is not.
@Suite struct StoreAuditTests {
    private let now = Instant.start + .hours(1)
    private let peer = AuditPeer(uid: 1000, gid: 1001, pid: 77, login: 1002)

    @Test func `a change and its record are one transaction`() async throws {
        let state = try await known()
        let (store, now) = (state.store, self.now)
        let request = AuditedRequest("stop", by: peer, at: now)
        _ = try await by(request) { try await store.stop("5678", sequence: nil, now: now) }
        // Before the request has ended.
        let record = try #require(try await state.records().first)
        #expect(
            record
                == AuditRecord(
                    at: now,
                    verb: "stop",
                    peer: peer,
                    person: try await store.person("5678").pseudonym,
                    before: "active",
                    after: "stopped, 1 ended",
                    result: .done
                )
        )
        request.isDone()
        try await store.end(request)
        #expect(try await state.records() == [record])
    }

    @Test func `a record that cannot be written takes the change back`() async throws {
        let state = try await known()
        let (store, now) = (state.store, self.now)
        try await store.write { try $0.execute(sql: "DROP TABLE audit") }
        await #expect(throws: (any Error).self) {
            try await by(AuditedRequest("stop", by: peer, at: now)) {
                try await store.stop("5678", sequence: nil, now: now)
            }
        }
        #expect(try await store.person("5678").summary.stoppedAt == nil)
    }

    @Test func `a refused request has a record of its own, and says of whom`() async throws {
        let state = try await known()
        let (store, now) = (state.store, self.now)
        let request = AuditedRequest("enroll", by: peer, at: now)
        await #expect(throws: PersonError.underWay("5678", sequence: "care")) {
            try await by(request) { try await store.enroll("5678", in: "care", again: false, now: now) }
        }
        request.recordFailure(.refused, because: "under way already")
        try await store.end(request)
        #expect(
            try await state.records() == [
                AuditRecord(
                    at: now,
                    verb: "enroll",
                    peer: peer,
                    person: try await store.person("5678").pseudonym,
                    sequence: "care",
                    result: .refused,
                    reason: "under way already"
                )
            ]
        )
    }

    @Test func `what was typed in the wrong place is not kept`() async throws {
        let state = try await known()
        let (store, now) = (state.store, self.now)
        let request = AuditedRequest("enroll", by: peer, at: now)
        await #expect(throws: PersonError.unknown("care")) {
            try await by(request) { try await store.enroll("care", in: "5678", again: false, now: now) }
        }
        await #expect(throws: PersonError.unknownSequence("Nguyễn Thị Lan")) {
            try await by(request) {
                try await store.enroll("5678", in: "Nguyễn Thị Lan", again: false, now: now)
            }
        }
        _ = try await by(request) { try await store.stop("5678", sequence: "0912345678", now: now) }
        _ = try await by(AuditedRequest("untag", by: peer, at: now)) {
            try await store.untag(["5678"], of: "Nguyễn Thị Lan")
        }
        try await store.end(request)
        let rows = try await store.read { try Row.fetchAll($0, sql: "SELECT * FROM audit").map(\.description) }
        #expect(rows.count == 2)
        for text in ["5678", "Lan", "0912345678"] {
            #expect(!rows.contains { $0.contains("\"\(text)") || $0.contains(" \(text)") }, "\(text) in \(rows)")
        }
    }

    @Test func `several people are a number`() async throws {
        let state = try await known()
        let (store, now) = (state.store, self.now)
        _ = try await by(AuditedRequest("tag", by: nil, at: now)) {
            try await store.tag(["5678", "9"], with: "vip", now: now)
        }
        let record = try #require(try await state.records().first)
        #expect((record.people, record.person, record.after, record.peer) == (2, nil, "vip added to 2", nil))
    }

    @Test func `of a person who is erased it stays that they were, and of the rest neither who nor what`() async throws
    {
        let state = try await known()
        let (store, now) = (state.store, self.now)
        let pseudonym = try await store.person("5678").pseudonym
        let other = try await store.person("9").pseudonym
        for person in ["5678", "9"] {
            _ = try await by(AuditedRequest("stop", by: peer, at: now)) {
                try await store.stop(person, sequence: "care", now: now)
            }
        }
        _ = try await by(AuditedRequest("forget", by: peer, at: now)) {
            try await store.forget("5678", now: now)
        }
        let records = try await state.records()
        #expect(records.map(\.person) == [pseudonym, other, "forgotten"])
        #expect(records.map(\.verb) == ["forget", "stop", "stop"])
        #expect(records.map(\.sequence) == [nil, "care", nil])
        #expect(records.map(\.after) == ["erased: enrollments 1, deliveries 1", "1 ended", nil])
        // By their address, when they ask what became of it.
        #expect(try await store.audit(AuditQuery(person: "5678", limit: 10)).map(\.verb) == ["forget"])
        #expect(
            try await store.audit(AuditQuery(person: "\(Event.testPage)/9", limit: 10)).map(\.verb) == ["stop"]
        )
    }

    @Test func `they are found by time, user, login, verb and person`() async throws {
        let state = try await known()
        let (store, now) = (state.store, self.now)
        let other = AuditPeer(uid: 0, gid: 0, pid: 5)
        for (verb, by, at) in [("a", peer, now), ("b", other, now + .hours(1)), ("b", peer, now + .hours(2))] {
            let request = AuditedRequest(verb, by: by, at: at)
            request.isDone()
            try await store.end(request)
        }
        func verbs(_ query: AuditQuery) async throws -> [String] { try await store.audit(query).map(\.verb) }
        #expect(try await verbs(AuditQuery(limit: 10)) == ["b", "b", "a"])
        #expect(try await verbs(AuditQuery(limit: 2)) == ["b", "b"])
        #expect(try await verbs(AuditQuery(since: now + .hours(1), limit: 10)) == ["b", "b"])
        #expect(try await verbs(AuditQuery(user: 0, limit: 10)) == ["b"])
        #expect(try await verbs(AuditQuery(user: 1000, limit: 10)) == ["b", "a"])
        #expect(try await verbs(AuditQuery(user: 1002, verb: "a", limit: 10)) == ["a"])
        #expect(try await verbs(AuditQuery(person: "9", limit: 10)) == [])
    }

    @Test func `they are kept for 400 days, and 100,000 of them`() async throws {
        let state = try await known()
        let (store, now) = (state.store, self.now)
        let end = now + .days(400)
        for at in [now - .days(1), now, now + .days(1), end] {
            let request = AuditedRequest("stop", by: peer, at: at)
            request.isDone()
            try await store.end(request)
        }
        #expect(try await state.records().map(\.at) == [end, now + .days(1), now])
        try await store.write {
            try $0.execute(sql: "UPDATE audit SET id = id + 99999 WHERE at = ?", arguments: [end])
        }
        let request = AuditedRequest("stop", by: peer, at: end)
        request.isDone()
        try await store.end(request)
        // The new one is 100,004, and what is 100,000 below it has gone.
        #expect(try await state.records().map(\.at) == [end, end])
    }

    @Test func `what changes nothing leaves none`() async throws {
        let state = try await known()
        let (store, now) = (state.store, self.now)
        let request = AuditedRequest("import", by: peer, at: now)
        request.discard()
        _ = try await by(request) { try await store.stop("5678", sequence: nil, now: now) }
        request.isDone()
        try await store.end(request)
        #expect(try await state.records() == [])
    }

    @Test func `a restored state tells who restored it`() async throws {
        let state = try await known()
        let (backup, target) = (state.directory.path + "/backup.db", state.directory.path + "/restored")
        _ = try StateBackup.make(of: state.directory.path, at: backup, overwriting: false, now: now) { _ in }
        _ = try StateBackup.restore(
            backup,
            to: target,
            stamp: "1",
            request: AuditedRequest("restore", by: peer, at: now)
        ) { _ in }
        let restored = try Store(directory: target, newInstance: "x", zone: .hoChiMinh)
        #expect(
            try await restored.audit(AuditQuery(limit: 10)) == [
                AuditRecord(
                    at: now,
                    verb: "restore",
                    peer: peer,
                    after: "a backup of 2027-01-04T04:00:00.000Z",
                    result: .done
                )
            ]
        )
    }

    /// As in a request of the control API.
    private func by<Result: Sendable>(
        _ request: AuditedRequest,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await AuditedRequest.$current.withValue(request) { Task { try await body() } }.value
    }

    private func known() async throws -> TemporaryStore {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), .message("2", from: "9"), now: .start)
        return state
    }
}

extension TemporaryStore {
    fileprivate func records() async throws -> [AuditRecord] {
        try await store.audit(AuditQuery(limit: 100))
    }
}
