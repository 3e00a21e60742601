import ControlAPI
import DripCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import DripStore

@Suite struct StoreImportTests {
    private let now = Instant.start

    @Test func `people from a file are known, and nothing is sent to them`() async throws {
        let state = try await state()
        let report = try await take(
            [
                record("1") {
                    $0.tags = ["vip"]
                    $0.attributes = ["city": "Huế"]
                }
            ],
            state
        )
        #expect((report.people, report.added, report.tagged, report.enrolled) == (1, 1, 1, 0))
        let person = try await state.store.person("1")
        #expect(person.summary.attributes == ["city": "Huế"])
        #expect(person.summary.tags == ["vip"])
        #expect(person.summary.windowEnds == nil)
        #expect(person.enrollments.isEmpty)
        #expect(try await state.store.status().people == 1)
        // The platform is asked for their names when they write.
        #expect(try await state.store.peopleWithoutProfile(limit: 10).isEmpty)
        #expect(try await state.ingest(.message("1", from: "1"), now: now).needsProfile)
        #expect(try await state.store.peopleWithoutProfile(limit: 10).map(\.address) == ["1"])
    }

    @Test func `all that a file says of somebody new is kept`() async throws {
        let state = try await state()
        let all = record("1") {
            $0.attributes = ["full_name": "Lan", "city": "Huế"]
            $0.tags = ["vip", "quen", "vip"]
            $0.zone = "Asia/Tokyo"
            $0.firstMessageAt = now - .days(9)
            $0.lastMessageAt = now - .hours(2)
            $0.stoppedAt = now - .hours(1)
        }
        let report = try await take([all], state)
        #expect((report.added, report.changed, report.tagged, report.stopped, report.ended) == (1, 0, 2, 1, 0))
        let summary = try await state.store.person("1").summary
        #expect(summary.attributes == ["full_name": "Lan", "city": "Huế"])
        #expect(summary.tags == ["quen", "vip"])
        #expect(summary.zone == "Asia/Tokyo")
        #expect(summary.firstMessageAt == now - .days(9))
        #expect(summary.lastWroteAt == now - .hours(2))
        #expect(summary.windowEnds == now + .hours(22))
        #expect(summary.stoppedAt == now - .hours(1))
        // Once more, it is known already.
        let again = try await take([all], state)
        #expect((again.added, again.changed, again.tagged, again.stopped) == (0, 0, 0, 0))
    }

    @Test func `who is paused in a file is paused, until an operator decides`() async throws {
        let state = try await state()
        let paused = record("1") { $0.pausedAt = now - .hours(3) }
        let both = record("2") {
            $0.pausedAt = now - .hours(3)
            $0.stoppedAt = now - .hours(2)
        }
        let report = try await take([paused, both, record("3")], state)
        #expect((report.added, report.paused, report.stopped) == (3, 1, 1))
        let person = try await state.store.person("1")
        #expect(person.summary.pausedAt == now - .hours(3))
        #expect(person.consent.map { "\($0.kind.rawValue) \($0.source.rawValue)" } == ["paused file"])
        #expect(try await state.store.person("2").summary.pausedAt == nil)
        #expect(try await state.store.status().paused == 1)
        // Who was known without a pause gets it, too; who was decided about since keeps the decision.
        let again = try await take([paused, both, record("3") { $0.pausedAt = now - .minutes(1) }], state)
        #expect((again.added, again.changed, again.paused, again.stopped) == (0, 1, 1, 0))
        _ = try await state.store.resume("1", reason: "asked them", now: now)
        #expect(try await take([paused], state).paused == 0)
        #expect(try await state.store.person("1").summary.pausedAt == nil)
    }

    @Test func `as many attributes as somebody may have are kept as they are`() async throws {
        let state = try await state()
        let many = (1...PersonRecord.mostAttributes).map { ("name\($0)", "\"Hu\u{1ebf}\"\\\n\u{1}/\($0)") }
        let attributes = Dictionary(uniqueKeysWithValues: many)
        _ = try await take([record("1") { $0.attributes = attributes }], state)
        let known = try await state.store.person("1").summary.attributes
        #expect(known == attributes)
    }

    @Test func `who is to be enrolled is, once, and asked for`() async throws {
        let state = try await state()
        let records = [record("1"), record("2") { $0.stoppedAt = now }]
        let report = try await take(records, state, enroll: "vips")
        #expect((report.enrolled, report.notEnrolled, report.stopped) == (1, 1, 1))
        #expect(try await state.store.person("1").enrollments.map(\.cause) == ["manual"])
        #expect(try await state.store.peopleWithoutProfile(limit: 10).map(\.address).contains("1"))
        let again = try await take(records, state, enroll: "vips")
        #expect((again.added, again.changed, again.enrolled, again.notEnrolled, again.stopped) == (0, 0, 0, 2, 0))
        await #expect(throws: PersonError.unknownSequence("x")) { try await take(records, state, enroll: "x") }
    }

    @Test func `who stands in an order twice begins once`() async throws {
        let state = try await state()
        let records = [record("1"), record("2"), record("1") { $0.attributes = ["city": "Huế"] }]
        let report = try await take(records, state, enroll: "vips")
        #expect((report.added, report.changed, report.enrolled, report.notEnrolled) == (2, 1, 2, 1))
        #expect(try await state.store.person("1").enrollments.map(\.round) == [1])
        #expect(try await state.store.status().underWay == 2)
    }

    @Test func `new and known, with more attributes and with fewer, in any order`() async throws {
        let state = try await state()
        _ = try await take((1...200).filter { $0.isMultiple(of: 3) }.map { record("\($0)") }, state)
        // The first hundred differ from one to the next, the others do not; every tenth stands there twice.
        let records = (1...200).flatMap { number in
            let one = record("\(number)") {
                $0.attributes = ["city": "Huế \(number)"]
                if number <= 100, number.isMultiple(of: 2) { $0.attributes["full_name"] = "Lan \(number)" }
            }
            return Array(repeating: one, count: number.isMultiple(of: 10) ? 2 : 1)
        }
        let report = try await take(records, state, enroll: "vips")
        #expect((report.people, report.added, report.changed) == (220, 134, 66))
        #expect((report.enrolled, report.notEnrolled) == (200, 20))
        for number in 1...200 {
            let person = try await state.store.person("\(number)")
            let name = number <= 100 && number.isMultiple(of: 2) ? ["full_name": "Lan \(number)"] : [:]
            #expect(person.summary.attributes == name.merging(["city": "Huế \(number)"]) { own, _ in own })
            #expect(person.enrollments.map(\.sequence) == ["vips"])
        }
    }

    @Test func `each begins on their page, and by their clock`() async throws {
        let state = try await state()
        let other = try await state.store.accounts(channel: "messenger", pages: ["other"])[0]
        let tokyo = record("1") { $0.zone = "Asia/Tokyo" }
        let people = [(record("2"), other), (tokyo, state.account), (record("1"), other), (record("3"), state.account)]
        let report = try await state.store.importPeople(people, enrollingIn: "vips", isTrial: false, now: now)
        #expect((report.added, report.enrolled) == (4, 4))
        let jobs = try await state.store.pool.read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT account.page || ' ' || external_id FROM job JOIN account ON account.id = job.account
                    JOIN enrollment ON enrollment.id = job.enrollment
                    JOIN address ON address.id = job.address ORDER BY 1
                    """
            )
        }
        #expect(jobs == ["1234567890 1", "1234567890 3", "other 1", "other 2"])
    }

    @Test func `a tag ends what it ends, and starts nothing`() async throws {
        let state = try await state()
        try await state.ingest(.message("1", from: "1"), now: now)
        let report = try await take([record("1") { $0.tags = ["vip", "vip"] }], state, now: now + .minutes(1))
        #expect((report.changed, report.tagged, report.ended, report.added) == (1, 1, 1, 0))
        #expect(try await state.store.person("1").summary.underWay == [])
        #expect(try await state.ledger(of: "1") == ["hello skipped tagged"])
    }

    @Test func `who is enrolled ends what stops at that, new or known, and once`() async throws {
        let state = try await TemporaryStore([
            .make("care", steps: .care) { $0.stop = [.sequence("offer")] },
            .make("offer", start: [.manual], steps: .care),
        ])
        try await state.ingest(.message("1", from: "1"), now: now - .hours(1))
        let report = try await take([record("1"), record("2")], state, enroll: "offer")
        #expect((report.enrolled, report.ended) == (2, 1))
        let known = try await state.store.person("1")
        #expect(known.enrollments.map(\.endReason) == ["other_sequence", nil])
        #expect(known.summary.underWay == ["offer"])
        #expect(try await state.store.status().underWay == 2)
        // Who was in it before does not begin it, and so ends nothing.
        try await state.ingest(.message("3", from: "3"), now: now - .hours(1))
        _ = try await state.store.enroll("3", in: "offer", again: false, now: now)
        _ = try await state.store.stop("3", sequence: "offer", now: now)
        #expect(try await take([record("3")], state, enroll: "offer").ended == 0)
    }

    @Test func `the consentState to get no more is kept, and ends everything`() async throws {
        let state = try await state()
        try await state.ingest(.message("1", from: "1"), now: now)
        let report = try await take([record("1") { $0.stoppedAt = now - .days(5) }], state)
        #expect((report.stopped, report.ended) == (1, 1))
        #expect(try await state.store.person("1").summary.stoppedAt == now - .days(5))
    }

    @Test func `a last message of the last day wakes what waited for the window`() async throws {
        let state = try await TemporaryStore([.make(start: [.manual], steps: [.text("hello", 1, .minute)])])
        _ = try await take([record("1")], state, enroll: "care")
        #expect(try await state.claim(now: now + .minutes(2)).isEmpty)
        #expect(try await state.next(of: "1")?.waitingFor == "window")
        _ = try await take([record("1") { $0.lastMessageAt = now }], state, now: now + .minutes(3))
        #expect(try await state.claim(now: now + .minutes(3)).count == 1)
    }

    @Test func `a trial tells the same and changes nothing`() async throws {
        let state = try await state()
        let records = [record("1") { $0.tags = ["vip"] }, record("2")]
        let trial = try await take(records, state, enroll: "vips", isTrial: true)
        #expect(try await state.store.people(limit: 10, after: nil).isEmpty)
        #expect(try await state.store.status().enrolled == 0)
        #expect(try await take(records, state, enroll: "vips") == trial)
        #expect(trial.enrolled == 2)
    }

    @Test func `where one fails, nobody is taken`() async throws {
        let state = try await state()
        try await state.store.pool.write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER refuse BEFORE INSERT ON person WHEN NEW.address = '2'
                    BEGIN SELECT raise(ABORT, 'no'); END
                    """
            )
        }
        await #expect(throws: DatabaseError.self) { try await take([record("1"), record("2")], state) }
        #expect(try await state.store.people(limit: 10, after: nil).isEmpty)
    }

    /// Two sequences: one for who writes first, which the tag 'vip' ends, and one that the tag begins.
    private func state() async throws -> TemporaryStore {
        try await TemporaryStore([
            .make("care", steps: .care) { $0.stop = [.tag("vip")] },
            .make("vips", start: [.tag("vip")], steps: .care),
        ])
    }

    private func record(_ address: String, _ say: (inout PersonRecord) -> Void = { _ in }) -> PersonRecord {
        var record = PersonRecord(line: 1, page: nil, address: address)
        say(&record)
        return record
    }

    private func take(
        _ records: [PersonRecord],
        _ state: TemporaryStore,
        enroll: String? = nil,
        isTrial: Bool = false,
        now: Instant = .start
    ) async throws -> ImportReport {
        try await state.store.importPeople(
            records.map { ($0, state.account) },
            enrollingIn: enroll,
            isTrial: isTrial,
            now: now
        )
    }
}
