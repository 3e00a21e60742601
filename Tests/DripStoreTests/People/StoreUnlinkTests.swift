import ControlAPI
import DripCore
import GRDB
import TestSupport
import Testing

@testable import DripStore

/// An address that turns out to be another person's.
@Suite struct StoreUnlinkTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)
    private let one = "\(Event.testPage)/1001"
    private let other = "\(TemporaryStore.otherPage)/1002"

    /// A joined person, whose sequence is sent on the other page.
    private func joined() async throws -> TemporaryStore {
        let state = try await TemporaryStore.withChannels([
            .make("care", steps: .care), .make("guide", start: [.manual], steps: .care),
        ])
        try await state.ingest(.message("1", from: "1001"), now: now)
        try await state.ingest(.message("2", from: "1002", page: TemporaryStore.otherPage), now: now)
        _ = try await state.store.enroll(other, in: "guide", again: false, now: now)
        _ = try await state.store.link(one, with: other, proof: "order 7", now: now)
        return state
    }

    @Test func `the address is a person of its own, and the sequences stay`() async throws {
        let state = try await joined()
        try await state.store.write { db in
            try db.run("UPDATE person SET attributes = '{\"full_name\":\"Lan\"}', tags = '[\"vip\"]'", [])
        }
        let report = try await state.store.unlink(other, from: one, now: due)
        #expect(
            report == UnlinkReport(address: "messenger:999/1002", isRemoved: false, moved: ["guide"], withdrawn: [])
        )
        #expect(try await state.addresses(of: one) == ["messenger:1234567890/1001"])
        #expect(try await state.addresses(of: other) == ["messenger:999/1002"])
        #expect(
            try await state.enrollments(of: one) == [
                "care 1 next by 1234567890/1001", "care 2 same_sequence", "guide 1 next by 1234567890/1001",
            ]
        )
        let new = try await state.store.person(other)
        #expect(new.enrollments == [])
        #expect((new.summary.attributes, new.summary.tags) == ([:], []))
        #expect(try await state.store.status().people == 2)
        #expect(try await state.links(of: one) == ["joined messenger:999/1002 order 7", "cut messenger:999/1002 -"])
        #expect(try await state.links(of: other) == ["cut messenger:999/1002 -"])
        #expect(try await state.store.peopleWithoutProfile(limit: 10).map(\.address).contains("1002"))
        // Both steps go to the first page.
        let claims = try await state.claim(now: due)
        #expect(claims.map(\.job.person.address.externalID) == ["1001", "1001"])
        let account = try await state.account("messenger", TemporaryStore.otherPage)
        #expect(try await state.store.claim(account: account, limit: 10, now: due + .days(2)).claims.isEmpty)
    }

    @Test func `their next message is not their first one`() async throws {
        let state = try await joined()
        _ = try await state.store.unlink(other, from: one, now: due)
        try await state.ingest(.message("3", from: "1002", page: TemporaryStore.otherPage), now: due)
        #expect(try await state.store.person(other).enrollments == [])
        #expect(
            try await state.store.export(other, now: due).events.map(\.account) == ["messenger:999", "messenger:999"]
        )
        #expect(try await state.store.export(one, now: due).events.map(\.account) == ["messenger:1234567890"])
    }

    @Test func `an enrollment that came by the address goes on by another one, also after it has finished`()
        async throws
    {
        let state = try await joined()
        _ = try await state.store.unlink(other, from: one, now: due)
        let cameBy = try await state.store.read { db in
            try db.all(
                "SELECT DISTINCT external_id FROM enrollment JOIN address ON address.id = came_by",
                []
            ) { $0[0] as String }
        }
        #expect(cameBy == ["1001"])
    }

    @Test func `a stop, a pause and what was withdrawn go along`() async throws {
        let state = try await joined()
        try await state.consent(.withdrawn, nil, .promotion, of: one)
        try await state.consent(.given, .testMail, .promotion, of: one)
        try await state.consent(.withdrawn, .testMail, .care, of: one)
        try await state.consent(.given, .testMail, .care, of: one)
        _ = try await state.store.stop(one, sequence: nil, now: due)
        _ = try await state.store.unlink(other, from: one, now: due)
        let (old, new) = (try await state.store.consents(of: one), try await state.store.consents(of: other))
        #expect(old.stoppedAt == due && new.stoppedAt == due)
        #expect(new.changes == old.changes && new.changes.map(\.source) == [.operatorCommand])
        #expect(
            new.records.map { "\($0.kind) \($0.channel ?? "all") \($0.purpose ?? "all")" } == [
                "withdrawn all promotion"
            ]
        )
        // A stop that is taken back for one person holds for the other.
        _ = try await state.store.resume(one, reason: "asked", now: due)
        #expect(try await state.store.consents(of: other).stoppedAt == due)
    }

    @Test func `an address that was given is removed, and its consents end`() async throws {
        let state = try await joined()
        try await state.addMail("lan@example.com", to: one, for: [.care, .promotion])
        try await state.store.write { db in
            try db.run(
                "UPDATE person SET attributes = '{\"email\":\"Lan@example.com\",\"phone\":\"+84912345678\"}'",
                []
            )
        }
        let report = try await state.store.unlink("lan@example.com", from: "lan@example.com", now: due)
        #expect(
            report
                == UnlinkReport(
                    address: "email:shop/lan@example.com",
                    isRemoved: true,
                    moved: [],
                    withdrawn: ["email:care", "email:promotion"]
                )
        )
        let person = try await state.store.person(one)
        #expect(person.addresses.map(\.channel) == ["messenger", "messenger"])
        #expect(person.summary.attributes == ["phone": "+84912345678"])
        #expect(try await state.store.status().people == 1)
        let states = try await state.store.consents(of: one).states.filter { $0.channel == "email" }.map(\.state)
        #expect(states == ["withdrawn", "withdrawn", "never_asked"])
        // Its id never means another address: links in mails name it.
        try await state.addMail("minh@example.com", to: one)
        let ids = try await state.store.read { db in
            try (
                db.row("SELECT max(id) AS id FROM address", [])?["id"] as Int64?,
                db.row("SELECT addresses FROM link ORDER BY id DESC LIMIT 1", [])?["addresses"] as String?
            )
        }
        #expect(ids.0 == 4 && ids.1 == "[3]")
        #expect(try await state.store.person(with: AddressID(rawValue: 3)) == nil)
    }

    @Test func `a step that waits for the address goes to the one that the enrollment came by`() async throws {
        let state = try await joined()
        try await state.addMail("lan@example.com", to: one)
        try await state.store.write { db in
            try db.run(
                """
                UPDATE job SET account = (SELECT id FROM account WHERE page = 'shop'), address = (SELECT max(id) FROM address),
                    waiting_for = 'retry', due = ?, error = 'try later'
                """,
                [due + .days(3)]
            )
        }
        #expect(try await state.store.unlink("lan@example.com", from: one, now: due).moved == ["care", "guide"])
        #expect(
            try await state.enrollments(of: one) == [
                "care 1 next by 1234567890/1001", "care 2 same_sequence", "guide 1 next by 999/1002",
            ]
        )
        let next = try #require(try await state.store.person(one).enrollments.first?.next)
        #expect((next.due, next.waitingFor, next.error) == (due, nil, nil))
    }

    @Test func `a pause and a time to come are not cut short`() async throws {
        for waitingFor in ["paused", "time"] {
            let state = try await joined()
            try await state.store.write { db in
                try db.run("UPDATE job SET waiting_for = ?, due = ?", [waitingFor, due + .days(3)])
            }
            _ = try await state.store.unlink(other, from: one, now: due)
            let next = try await state.store.person(one).enrollments.compactMap(\.next)
            #expect(next.map(\.due) == [due + .days(3), due + .days(3)])
            #expect(next.map(\.waitingFor) == [waitingFor, waitingFor])
        }
    }

    @Test func `nothing is cut off while a message there is being sent, or is in doubt`() async throws {
        let state = try await joined()
        let account = try await state.account("messenger", TemporaryStore.otherPage)
        let claim = try #require(try await state.store.claim(account: account, limit: 1, now: due).claims.first)
        await #expect(throws: PersonError.busy(one)) { try await state.store.unlink(other, from: one, now: due) }
        try await state.record(.inDoubt(why: "timeout"), of: claim, now: due)
        await #expect(throws: PersonError.inDoubt(other, person: one)) {
            try await state.store.unlink(other, from: one, now: due)
        }
        try await state.store.resolve(other, sequence: "guide", step: "hello", as: .sent, now: due)
        #expect(try await state.store.unlink(other, from: one, now: due).moved == ["guide"])
        #expect(try await state.ledger(of: one).contains("hello sent"))
    }

    @Test func `the only address stays, and so does what is not the person's`() async throws {
        let state = try await joined()
        _ = try await state.store.unlink(other, from: one, now: due)
        await #expect(throws: PersonError.onlyAddress("1001", person: one)) {
            try await state.store.unlink("1001", from: one, now: due)
        }
        await #expect(throws: PersonError.unknownAddress(other, person: one, has: ["messenger:1234567890/1001"])) {
            try await state.store.unlink(other, from: one, now: due)
        }
    }

    @Test func `joined, cut and joined again`() async throws {
        let state = try await joined()
        _ = try await state.store.unlink(other, from: one, now: due)
        _ = try await state.store.link(other, with: one, proof: "order 8", now: due)
        #expect(try await state.addresses(of: other) == ["messenger:1234567890/1001", "messenger:999/1002"])
        #expect(
            try await state.links(of: one) == [
                "joined messenger:999/1002 order 7", "cut messenger:999/1002 -",
                "joined messenger:1234567890/1001 order 8",
            ]
        )
        #expect(try await state.store.person(one).summary.underWay.sorted() == ["care", "guide"])
        let status = try await state.store.status()
        #expect((status.people, status.underWay) == (1, 2))
    }
}
