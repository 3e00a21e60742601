import ControlAPI
import DripCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import DripStore

/// A state that an earlier dripd wrote, with people in it.
@Suite struct StoreMigrationTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    @Test func `people, their ledgers and what was on its way come along`() async throws {
        let directory = try TemporaryDirectory()
        try writeFirst(directory)
        let store = try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh)
        #expect(store.instance == "old")
        _ = try await store.adopt(
            Catalog(zone: .hoChiMinh, sequences: [.make(steps: .care)]),
            versions: [],
            plan: nil,
            now: now
        )
        let waiting = try await store.person("1")
        #expect(
            waiting.summary
                == PersonSummary(
                    page: Event.testPage,
                    person: "1",
                    firstMessageAt: now,
                    windowEnds: now + .hours(24),
                    unreachable: nil,
                    stoppedAt: nil,
                    tags: [],
                    lastWroteAt: nil,
                    humanAt: nil,
                    underWay: ["care"]
                )
        )
        #expect(
            waiting.enrollments[0].deliveries == [
                DeliveryDetail(
                    step: "hello",
                    state: "sent",
                    reason: nil,
                    scheduled: due,
                    at: due,
                    attempts: 1,
                    permission: "standard_window",
                    channel: "messenger",
                    messageIDs: ["m_1"],
                    sequenceHash: "old",
                    file: nil,
                    commit: nil,
                    variant: nil,
                    bodyHash: nil
                )
            ]
        )
        #expect(waiting.enrollments[0].next?.step == "day")
    }

    @Test func `a message that was on its way is in doubt, by the one permission there was`() async throws {
        let directory = try TemporaryDirectory()
        try writeFirst(directory)
        let store = try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh)
        let catalog = Catalog(zone: .hoChiMinh, sequences: [.make(steps: .care)])
        _ = try await store.adopt(catalog, versions: [], plan: nil, now: now)
        #expect(try await store.recover(now: due) == 1)
        let delivery = try #require(try await store.person("2").enrollments.first?.deliveries.first)
        #expect((delivery.step, delivery.state, delivery.permission) == ("hello", "in_doubt", "standard_window"))
        #expect(try await store.person("2").enrollments.first?.next?.step == "day")
    }

    @Test func `the former database is kept, can be restored, and is deleted after 30 days`() async throws {
        let directory = try TemporaryDirectory()
        try writeFirst(directory)
        let copy = directory.path + "/dripd.db.before-migration-1"
        do {
            let store = try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh)
            #expect(store.migratedFrom == copy)
            #expect(try await store.forget("1", now: now).setAside.map(\.path) == [copy])
            #expect(try await store.deleteExpired(now: Instant(milliseconds: 0)).setAside == [])
            try store.close()
        }
        let queue = try DatabaseQueue(path: copy)
        let found = try await queue.read { db in
            (
                try Schema.migrator.appliedIdentifiers(db), try String.fetchAll(db, sql: "SELECT address FROM person"),
                try String.fetchOne(db, sql: "PRAGMA journal_mode")
            )
        }
        try queue.close()
        #expect(found == (["1"], ["1", "2"], "delete"))
        do {
            let store = try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh)
            #expect(store.migratedFrom == nil)
            try store.close()
        }
        _ = try StateBackup.restore(copy, to: directory.path, stamp: "x") { _ in }
        let store = try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh)
        #expect(store.hold != nil)
        #expect(try await store.person("2").summary.firstMessageAt == now)
        let later = Instant(milliseconds: Int64(Date.now.timeIntervalSince1970 * 1000)) + .days(31)
        #expect(try await store.deleteExpired(now: later).setAside.contains(copy))
        #expect(!FileManager.default.fileExists(atPath: copy))
    }

    @Test func `a copy that cannot be completed keeps the database from being migrated`() async throws {
        let directory = try TemporaryDirectory()
        try writeFirst(directory)
        let copy = directory.path + "/dripd.db.before-migration-1"
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: false)
        let error = #expect(throws: StoreError.self) {
            try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh)
        }
        #expect("\(try #require(error))".contains("dripd.db.before-migration-1"), "\(String(describing: error))")
        #expect(try await applied(directory) == ["1"])
        try FileManager.default.removeItem(atPath: copy)
        let store = try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh)
        #expect(store.migratedFrom == copy)
    }

    @Test func `the copy of a start that was killed between two migrations is kept`() async throws {
        let directory = try TemporaryDirectory()
        try writeFirst(directory)
        let copy = directory.path + "/dripd.db.before-migration-1"
        do {
            let queue = try DatabaseQueue(path: directory.path + "/dripd.db")
            try await queue.writeWithoutTransaction { db in
                try db.execute(sql: "INSERT INTO meta VALUES ('copy_before_migrations', 'dripd.db.before-migration-1')")
                try db.execute(sql: "VACUUM INTO ?", arguments: [copy])
            }
            try Schema.migrator.migrate(queue, upTo: "9")
            try queue.close()
        }
        let store = try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh)
        #expect(store.migratedFrom == copy)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(names.filter { $0.contains("before-migration") } == ["dripd.db.before-migration-1"])
        #expect(
            try await store.read { try Row.fetchAll($0, sql: "SELECT * FROM meta WHERE name LIKE 'copy%'").count } == 0
        )
    }

    @Test func `a kill after the last migration does not make the next upgrade reuse the copy`() async throws {
        let directory = try TemporaryDirectory()
        try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh).close()
        let queue = try DatabaseQueue(path: directory.path + "/dripd.db")
        try await queue.write {
            try $0.execute(sql: "INSERT INTO meta VALUES ('copy_before_migrations', 'dripd.db.before-migration-1')")
        }
        try queue.close()
        let store = try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh)
        let rows = try await store.read {
            try Row.fetchAll($0, sql: "SELECT * FROM meta WHERE name LIKE 'copy%'").count
        }
        #expect(rows == 0)
    }

    @Test func `what is left of a copy that was killed is deleted at the next start`() throws {
        let directory = try TemporaryDirectory()
        let draft = directory.path + "/dripd.db.before-migration-1.part"
        try Data(repeating: 0, count: 8192).write(to: URL(filePath: draft))
        _ = try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh)
        #expect(!FileManager.default.fileExists(atPath: draft))
    }

    private func applied(_ directory: TemporaryDirectory) async throws -> Set<String> {
        let queue = try DatabaseQueue(path: directory.path + "/dripd.db")
        defer { try? queue.close() }
        return try await queue.read { try Schema.migrator.appliedIdentifiers($0) }
    }

    @Test func `a new database leaves no copy`() throws {
        let directory = try TemporaryDirectory()
        #expect(try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh).migratedFrom == nil)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(!names.contains { $0.contains("before-migration") })
    }

    @Test func `they go on as if they had begun here`() async throws {
        let directory = try TemporaryDirectory()
        try writeFirst(directory)
        let store = try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh)
        let steps = [Step.text("day", 20, .hour)]
        let catalog = Catalog(zone: .hoChiMinh, sequences: [.make(steps: steps) { $0.stop = [.replied] }])
        #expect(try await store.adopt(catalog, versions: [], plan: nil, now: now).changed == ["care"])
        let event = Event.message("9", from: "1", at: now + .hours(1))
        _ = try await store.ingest([DatedEvent(event: event, at: now + .hours(1))], now: now + .hours(1))
        #expect(try await store.person("1").enrollments.first?.endReason == "replied")
        #expect(try await store.person("1").summary.lastWroteAt == now + .hours(1))
    }

    @Test func `whoever stood behind a step stands there still, before and after the next one`() async throws {
        let directory = try TemporaryDirectory()
        try writeFirst(directory)
        let store = try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh)
        let steps = [Step.text("early", 5, .minute), .text("day", 20, .hour), .text("hours", 22, .hour)]
        _ = try await store.adopt(
            Catalog(zone: .hoChiMinh, sequences: [.make(steps: steps)]),
            versions: [],
            plan: nil,
            now: now
        )
        #expect(try await store.person("1").enrollments.first?.next?.step == "day")
        let day = now + .hours(20)
        let opening = ClaimAllowance(account: AccountID(rawValue: 1), allowance: 1, examining: 1)
        let round = try await store.recordAndClaim(claiming: [opening], limit: 1, examining: 1, now: day)
        let claim = try #require(round.reports.first?.report.claims.first)
        _ = try await store.record([claim.settle(.accepted(messageID: "m_2"), now: day, jitter: 0)], now: day)
        #expect(try await store.person("1").enrollments.first?.next?.step == "hours")
    }

    @Test func `what belonged to a lane belongs to the account`() async throws {
        let directory = try TemporaryDirectory()
        let queue = try DatabaseQueue(path: directory.path + "/dripd.db")
        try await queue.write { try $0.execute(sql: "PRAGMA application_id = \(Schema.applicationID)") }
        try Schema.migrator.migrate(queue, upTo: "21")
        try await queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO meta VALUES ('instance', 'old');
                    INSERT INTO lane (id, channel, page) VALUES (7, 'messenger', '1');
                    INSERT INTO person (id, lane, address, created_at) VALUES (1, 7, '2', 0);
                    INSERT INTO event (lane, key, kind, person, at, received_at) VALUES (7, 'm:1', 'message', 1, 0, 0);
                    INSERT INTO enrollment (id, person, sequence, round, anchor, cause) VALUES (1, 1, 'care', 1, 0, 'manual');
                    INSERT INTO job (enrollment, lane, step, due, scheduled) VALUES (1, 7, 'hello', 0, 0);
                    INSERT INTO sync (lane, started_at) VALUES (7, 0);
                    INSERT INTO attachment (lane, hash, kind, name, id, uploaded_at) VALUES (7, 'h', 'image', 'a', 'i', 0);
                    INSERT INTO unnamed_reply (lane, at) VALUES (7, 0);
                    INSERT INTO unnamed_pause (lane, at, until, reason) VALUES (7, 0, 1, 'stopped');
                    """
            )
        }
        try queue.close()
        let store = try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh)
        try await store.read { db in
            for table in ["address", "event", "job", "sync", "attachment", "unnamed_reply", "unnamed_pause"] {
                let accounts = try Int.fetchAll(db, sql: "SELECT account FROM \(table)")
                #expect(accounts == [7], "\(table)")
            }
            let dangling = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check")
            #expect(dangling.isEmpty)
            let names = "SELECT name FROM sqlite_master WHERE name LIKE '%lane%' OR sql LIKE '%lane %'"
            let left = try String.fetchAll(db, sql: names)
            #expect(left == [])
        }
    }

    @Test func `what a person's row said of the page is their address's`() async throws {
        let directory = try TemporaryDirectory()
        let queue = try DatabaseQueue(path: directory.path + "/dripd.db")
        try await queue.write { try $0.execute(sql: "PRAGMA application_id = \(Schema.applicationID)") }
        try Schema.migrator.migrate(queue, upTo: "22")
        try await queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO meta VALUES ('instance', 'old');
                    INSERT INTO account (id, channel, page) VALUES (7, 'messenger', '1');
                    INSERT INTO person (id, account, address, created_at, first_message_at, window_ends, unreachable, stopped_at,
                        stopped_by, paused_at, zone, attributes, tags, last_wrote_at, human_at, profile_at, delivered_until,
                        read_until, subscriptions)
                    VALUES (5, 7, '55', 1, 2, 3, 'blocked', 4, 'person', 6, 'Asia/Tokyo', '{"city":"Huế"}', '["vip"]', 8, 9,
                        10, 11, 12, '[]');
                    INSERT INTO enrollment (id, person, sequence, round, anchor, cause) VALUES (1, 5, 'care', 1, 0, 'manual');
                    INSERT INTO delivery (enrollment, step, state, scheduled, at, attempts, part, permission, left_at)
                    VALUES (1, 'hello', 'in_doubt', 1, 1, 1, 0, 'standard_window', 1),
                        (1, 'day', 'sent', 1, 1, 1, 0, 'standard_window', 1);
                    """
            )
        }
        try queue.close()
        let store = try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh)
        let rows = try await store.read { db in
            try ["person", "address", "delivery"].map { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { row in
                    row.filter { !$0.1.isNull }.map { "\($0)=\($1.storage.value.map { "\($0)" } ?? "")" }
                        .joined(separator: " ")
                }
            }
        }
        #expect(
            rows == [
                [
                    "id=5 created_at=1 first_message_at=2 stopped_at=4 stopped_by=person paused_at=6 zone=Asia/Tokyo "
                        + "attributes={\"city\":\"Huế\"} tags=[\"vip\"] last_wrote_at=8 human_at=9"
                ],
                [
                    "id=5 person=5 account=7 external_id=55 created_at=1 window_ends=3 unreachable=blocked delivered_until=11 "
                        + "read_until=12 subscriptions=[] profile_at=10"
                ],
                [
                    "enrollment=1 step=day state=sent scheduled=1 at=1 attempts=1 part=0 permission=standard_window left_at=1 "
                        + "looks=0 resends=0 has_more=0",
                    "enrollment=1 step=hello state=in_doubt scheduled=1 at=1 attempts=1 part=0 permission=standard_window "
                        + "left_at=1 looks=0 resends=0 has_more=0 address=5",
                ],
            ]
        )
        let dangling = try await store.read { try Row.fetchAll($0, sql: "PRAGMA foreign_key_check").count }
        #expect(dangling == 0)
    }

    @Test func `a tap keeps its place under the name of its message, and what a walk took it for goes`() async throws {
        let directory = try TemporaryDirectory()
        try writeTaps(directory)
        let store = try Store(directory: directory.path, newInstance: "new", zone: .hoChiMinh)
        let events = try await store.read {
            try String.fetchAll($0, sql: "SELECT kind || ' ' || key FROM event ORDER BY id")
        }
        #expect(events == ["postback m:1", "postback m:2", "walked m:3"])
    }

    /// A walk has read the first tap in its conversation, and a message of which no webhook has told.
    private func writeTaps(_ directory: TemporaryDirectory) throws {
        let queue = try DatabaseQueue(path: directory.path + "/dripd.db")
        try queue.write { try $0.execute(sql: "PRAGMA application_id = \(Schema.applicationID)") }
        try Schema.migrator.migrate(queue, upTo: "10")
        try queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO meta VALUES ('instance', 'old');
                    INSERT INTO lane (id, channel, page) VALUES (1, 'messenger', '\(Event.testPage)');
                    INSERT INTO event (lane, key, kind, at, received_at) VALUES
                        (1, 'p:1', 'postback', 1, 1), (1, 'm:1', 'walked', 1, 1), (1, 'p:2', 'postback', 2, 2),
                        (1, 'm:3', 'walked', 3, 3);
                    """
            )
        }
        try queue.close()
    }

    /// Person 1 has had the first step, person 2's message of it is on its way.
    private func writeFirst(_ directory: TemporaryDirectory) throws {
        let queue = try DatabaseQueue(path: directory.path + "/dripd.db")
        try queue.write { try $0.execute(sql: "PRAGMA application_id = \(Schema.applicationID)") }
        try Schema.migrator.migrate(queue, upTo: "1")
        try queue.write { [now, due] db in
            let start = now.milliseconds
            try db.execute(
                sql: """
                    INSERT INTO meta VALUES ('instance', 'old');
                    INSERT INTO lane (id, channel, page) VALUES (1, 'messenger', '\(Event.testPage)');
                    INSERT INTO sequence VALUES ('care', 'old Asia/Ho_Chi_Minh', \(start));
                    INSERT INTO person (id, lane, address, created_at, first_message_at, window_ends) VALUES
                        (1, 1, '1', \(start), \(start), \(start + 86_400_000)),
                        (2, 1, '2', \(start), \(start), \(start + 86_400_000));
                    INSERT INTO enrollment (id, person, sequence, round, anchor, cause, position) VALUES
                        (1, 1, 'care', 1, \(start), 'first_message', 900000),
                        (2, 2, 'care', 1, \(start), 'first_message', NULL);
                    INSERT INTO delivery VALUES (1, 'hello', 'sent', NULL, \(due.milliseconds), \(due.milliseconds),
                        1, 0, 'standard_window', 'm_1', 'old');
                    INSERT INTO job (enrollment, lane, step, due, scheduled) VALUES
                        (1, 1, 'day', \(start + 72_000_000), \(start + 72_000_000));
                    INSERT INTO job (enrollment, lane, step, due, scheduled, claim, claimed_at, claimed_hash,
                        claimed_offset) VALUES (2, 1, 'hello', \(due.milliseconds), \(due.milliseconds), 1,
                        \(due.milliseconds), 'old', 900000);
                    """
            )
        }
        try queue.close()
    }
}
