import ControlAPI
import DripCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import DripStore

@Suite struct StoreForgetTests {
    private let now = Instant.start + .days(2)

    @Test func `nothing that says who they were stays on the disk`() async throws {
        let state = try await known()
        let report = try await state.store.forget("5678900012345678", now: now)
        #expect((report.enrollments, report.deliveries, report.events, report.isStopped) == (1, 1, 3, false))
        await #expect(throws: PersonError.unknown("5678900012345678")) {
            try await state.store.person("5678900012345678")
        }
        let status = try await state.store.status()
        #expect((status.people, status.underWay, status.inDoubt, status.enrolled) == (1, 1, 0, 2))
        #expect(try await state.store.person("9").summary.underWay == ["care"])
        for file in ["dripd.db", "dripd.db-wal"] {
            let bytes = try Data(contentsOf: URL(filePath: state.directory.path + "/" + file))
            for word in ["5678900012345678", "Nguyễn Thị Lan", "84912345678", "m_secret", "khách-quen"] {
                #expect(bytes.range(of: Data(word.utf8)) == nil, "\(word) is in \(file)")
            }
        }
    }

    @Test func `a late copy of what they did before brings nobody back`() async throws {
        let state = try await known()
        _ = try await state.store.forget("5678900012345678", now: now)
        let report = try await state.ingest(
            .message("1", from: "5678900012345678", at: .start),
            now: now + .minutes(1)
        )
        #expect((report.duplicates, report.taken, report.enrolled) == (1, [:], 0))
        #expect(try await state.store.people(limit: 10, after: nil).map(\.person) == ["9"])
    }

    @Test func `who writes again by themselves is somebody new`() async throws {
        let state = try await known()
        _ = try await state.store.forget("5678900012345678", now: now)
        let report = try await state.ingest(.message("7", from: "5678900012345678"), now: now + .minutes(1))
        #expect(report.enrolled == 1)
        let person = try await state.store.person("5678900012345678")
        #expect(person.summary.attributes == [:])
        #expect(person.summary.tags == [])
        #expect(person.summary.stoppedAt == nil)
        #expect(person.enrollments.map(\.round) == [1])
        // And may be forgotten once more.
        let again = try await state.store.forget("5678900012345678", now: now + .minutes(2))
        #expect((again.enrollments, again.events) == (1, 1))
    }

    @Test func `who had asked to get nothing more gets nothing when they write again`() async throws {
        let state = try await known()
        _ = try await state.store.stop("5678900012345678", sequence: nil, now: now - .hours(1))
        #expect(try await state.store.forget("5678900012345678", now: now).isStopped)
        let report = try await state.ingest(.message("7", from: "5678900012345678"), now: now + .minutes(1))
        #expect(report.enrolled == 0)
        #expect(try await state.store.person("5678900012345678").summary.stoppedAt == now - .hours(1))
        _ = try await state.store.forget("5678900012345678", now: now + .minutes(2))
        try await state.ingest(.message("8", from: "5678900012345678"), now: now + .minutes(3))
        #expect(try await state.store.person("5678900012345678").summary.stoppedAt == now - .hours(1))
    }

    @Test func `a file does not bring them back, but they may be in one once they wrote`() async throws {
        let state = try await known()
        _ = try await state.store.forget("5678900012345678", now: now)
        let record = PersonRecord(line: 1, page: nil, address: "5678900012345678")
        func take() async throws -> ImportReport {
            try await state.store.importPeople([(record, state.account)], enrollingIn: nil, isTrial: false, now: now)
        }
        let refused = try await take()
        #expect((refused.people, refused.added, refused.forgotten) == (1, 0, 1))
        try await state.ingest(.message("7", from: "5678900012345678"), now: now + .minutes(1))
        let taken = try await take()
        #expect((taken.people, taken.forgotten) == (1, 0))
    }

    @Test func `a walk through the conversations does not bring them back, but what they wrote since does`()
        async throws
    {
        let state = try await known()
        _ = try await state.store.stop("5678900012345678", sequence: nil, now: now - .hours(1))
        _ = try await state.store.forget("5678900012345678", now: now)
        func walk(lastWroteAt: Instant) async throws -> [String] {
            let message = Conversation.Message(id: "m", at: lastWroteAt, isFromPerson: true, text: "alo")
            let conversation = Conversation(
                person: "5678900012345678",
                name: "Nguyễn Thị Lan",
                updatedAt: lastWroteAt,
                messages: [message]
            )
            try await state.store.beginSync(of: state.account, SyncRequest(), now: now)
            try await state.store.saveConversations(
                ConversationPage(conversations: [conversation], next: nil),
                of: state.account,
                now: now + .hours(1)
            )
            return try await state.store.people(limit: 10, after: nil).map(\.person)
        }
        #expect(try await walk(lastWroteAt: now - .minutes(1)) == ["9"])
        #expect(try await walk(lastWroteAt: now + .minutes(1)).contains("5678900012345678"))
        #expect(try await state.store.person("5678900012345678").summary.stoppedAt == now - .hours(1))
    }

    @Test func `not while a message to them is on its way`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1"), now: .start)
        let due = Instant.start + .minutes(15)
        let claim = try #require(try await state.claim(now: due).first)
        await #expect(throws: PersonError.busy("5678")) { try await state.store.forget("5678", now: due) }
        try await state.record(.accepted(messageID: "m_1"), of: claim, now: due)
        _ = try await state.store.forget("5678", now: due)
        #expect(try await state.claim(now: due + .days(60)).isEmpty)
        // The echo of what was sent comes late, and says something of nobody.
        let report = try await state.ingest(
            .echo(
                "m_1",
                of: DeliveryKey(instance: "test", enrollment: claim.job.enrollment.id, step: "hello", part: 0)
            ),
            now: due + .minutes(1)
        )
        #expect(report.confirmed == 0)
    }

    @Test func `an answer about who they were does not go to who came next`() async throws {
        let state = try await TemporaryStore()
        try await state.ingest(.message("1"), now: .start)
        let asked = try #require(try await state.store.peopleWithoutProfile(limit: 1).first)
        _ = try await state.store.forget("5678", now: .start + .minutes(1))
        try await state.ingest(.message("2", from: "9"), now: .start + .minutes(2))
        let next = try #require(try await state.store.peopleWithoutProfile(limit: 1).first)
        #expect(next.id != asked.id)
        try await state.store.saveProfile(
            Profile(attributes: ["full_name": "Lan"], zone: nil),
            of: asked,
            now: .start + .minutes(3)
        )
        #expect(try await state.store.person("9").summary.attributes == [:])
        #expect(try await state.store.peopleWithoutProfile(limit: 1) == [next])
    }

    @Test func `what came before they were known goes, too`() async throws {
        let state = try await TemporaryStore()
        try await state.ingest(
            .of(.other("optin"), key: "o", body: #"{"sender":{"id":"5678"}}"#),
            .of(.other("optin"), key: "p", person: "56789", body: #"{"sender":{"id":"56789"}}"#),
            now: .start
        )
        try await state.ingest(.message("1"), now: .start)
        #expect(try await state.store.forget("5678", now: .start + .minutes(1)).events == 2)
        let left = try await state.store.pool.read { db in try String.fetchAll(db, sql: "SELECT key FROM event") }
        #expect(left == ["p"])
    }

    /// Somebody with a name, a number, a tag, and a message in doubt; and somebody else.
    private func known() async throws -> TemporaryStore {
        let state = try await TemporaryStore([.make(steps: .care)])
        let person = "5678900012345678"
        try await state.ingest(
            .message("1", from: person, text: "Số của em 0912345678"),
            .message("m_secret", from: person, payload: "dripd/tag/khách-quen"),
            .of(.other("optin"), key: "o", person: person, body: #"{"sender":{"id":"5678900012345678"}}"#),
            now: .start
        )
        let asked = try #require(try await state.store.peopleWithoutProfile(limit: 1).first)
        let profile = Profile(attributes: ["full_name": "Nguyễn Thị Lan"], zone: nil)
        try await state.store.saveProfile(profile, of: asked, now: .start)
        let claim = try #require(try await state.claim(now: .start + .minutes(15)).first)
        try await state.record(.inDoubt(why: "timeout"), of: claim, now: .start + .minutes(15))
        try await state.ingest(.message("2", from: "9"), now: .start + .hours(1))
        return state
    }
}
