import ControlAPI
import DripCore
import GRDB
import TestSupport
import Testing

@testable import DripStore

/// Two people who are one, by an operator's word.
@Suite struct StoreLinkTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)
    private let one = "\(Event.testPage)/1001"
    private let other = "\(TemporaryStore.otherPage)/1002"
    private let proof = "order 1234 names both"

    /// A person on each page, in the middle of the same sequence; the one on the other page is in another one as well.
    private func known() async throws -> TemporaryStore {
        let state = try await TemporaryStore.withChannels([
            .make("care", steps: .care), .make("offer", start: [.manual], steps: .care) { $0.purpose = .promotion },
            .make("guide", start: [.manual], steps: .care),
        ])
        try await state.ingest(.message("1", from: "1001"), now: now)
        try await state.ingest(.message("2", from: "1002", page: TemporaryStore.otherPage), now: now)
        _ = try await state.store.enroll(other, in: "guide", again: false, now: now)
        try await state.send(now: due)
        return state
    }

    private func link(_ state: TemporaryStore) async throws -> LinkReport {
        try await state.store.link(one, with: other, proof: proof, now: due)
    }

    @Test func `the joined person goes on from where both were`() async throws {
        let state = try await known()
        let report = try await link(state)
        #expect(
            report
                == LinkReport(
                    addresses: ["messenger:1234567890/1001", "messenger:999/1002"],
                    ended: ["care"],
                    isStopped: false,
                    isPaused: false
                )
        )
        for name in [one, other, "1001", "messenger:999/1002"] {
            #expect(try await state.addresses(of: name) == report.addresses)
        }
        #expect(
            try await state.enrollments(of: one) == [
                "care 1 next by 1234567890/1001", "care 2 same_sequence", "guide 1 next by 999/1002",
            ]
        )
        let status = try await state.store.status()
        #expect((status.people, status.underWay) == (1, 2))
        #expect(try await state.links(of: one) == ["joined messenger:999/1002 \(proof)"])
        // The next step of each goes where it would have gone.
        let account = try await state.account("messenger", TemporaryStore.otherPage)
        let claims = try await state.store.claim(account: account, limit: 10, now: due + .minutes(1)).claims
        #expect(claims.map(\.job.person.address.externalID) == ["1002"])
        // A message on the other page is the joined person's.
        try await state.ingest(.message("3", from: "1002", page: TemporaryStore.otherPage), now: due + .minutes(2))
        #expect(try await state.store.status().people == 1)
    }

    @Test(arguments: [true, false]) func `a stop of either is a stop of both`(isOther: Bool) async throws {
        let state = try await known()
        _ = try await state.store.stop(isOther ? other : one, sequence: nil, now: due)
        let report = try await link(state)
        #expect(report.isStopped)
        #expect(try await state.store.person(one).summary.stoppedAt == due)
        #expect(try await state.store.person(one).summary.underWay == [])
        #expect(try await state.store.person(one).consent.map(\.kind) == [.stopped])
        #expect(try await state.store.status().underWay == 0)
    }

    @Test(arguments: [true, false]) func `a pause of either is a pause of both`(isOther: Bool) async throws {
        let state = try await known()
        let (person, page) = isOther ? ("1002", TemporaryStore.otherPage) : ("1001", Event.testPage)
        try await state.ingest(.message("4", from: person, page: page, text: "huy"), now: due)
        let report = try await link(state)
        #expect(report.isPaused && !report.isStopped)
        #expect(try await state.store.person(one).summary.pausedAt == due)
    }

    @Test(arguments: [true, false]) func `what either withdrew stays withdrawn`(isOther: Bool) async throws {
        let state = try await known()
        let (who, whoGives) = isOther ? (other, one) : (one, other)
        try await state.consent(.withdrawn, nil, .promotion, of: who)
        try await state.consent(.given, nil, .promotion, of: whoGives)
        try await state.consent(.given, .testMail, .care, of: whoGives)
        _ = try await state.store.enroll(whoGives, in: "offer", again: false, now: due)
        let report = try await link(state)
        #expect(Set(report.ended) == ["care", "offer"])
        let states = try await state.store.consents(of: one).states.filter { $0.channel == "email" }
        #expect(states.map(\.state) == ["given", "withdrawn", "never_asked"])
        #expect(states.map(\.isPermitted) == [true, false, true])
        await #expect(throws: PersonError.self) {
            try await state.addMail("lan@example.com", to: one, for: [.promotion])
        }
    }

    @Test func `an address that both gave is stored once, with what was to go there`() async throws {
        let state = try await known()
        try await state.addMail("lan@example.com", to: one)
        try await state.addMail("lan@example.com", to: other)
        try await state.store.write { db in
            try db.run(
                """
                UPDATE job SET account = (SELECT id FROM account WHERE page = 'shop'), address = (SELECT max(id) FROM address)
                WHERE enrollment = (SELECT id FROM enrollment WHERE sequence = 'guide')
                """,
                []
            )
        }
        await #expect(
            throws: PersonError.shared("lan@example.com", people: ["messenger:1234567890/1001", "messenger:999/1002"])
        ) {
            try await state.store.person("lan@example.com")
        }
        _ = try await link(state)
        #expect(
            try await state.addresses(of: "lan@example.com") == [
                "messenger:1234567890/1001", "messenger:999/1002", "email:shop/lan@example.com",
            ]
        )
        #expect(try await state.enrollments(of: one).last == "guide 1 next by shop/lan@example.com")
    }

    @Test func `nothing is joined while a message to either is being sent`() async throws {
        let state = try await known()
        let account = try await state.account("messenger", TemporaryStore.otherPage)
        let claim = try #require(try await state.store.claim(account: account, limit: 1, now: due).claims.first)
        await #expect(throws: PersonError.busy(other)) { try await link(state) }
        await #expect(throws: PersonError.busy(other)) {
            try await state.store.link(other, with: one, proof: proof, now: due)
        }
        #expect(try await state.store.status().people == 2)
        try await state.record(.accepted(messageID: "m_2"), of: claim, now: due)
        #expect(try await link(state).ended == ["care"])
    }

    @Test func `neither one person with themselves, nor strangers, nor authors without a name`() async throws {
        let state = try await known()
        await #expect(throws: PersonError.samePerson(one, "1001")) {
            try await state.store.link(one, with: "1001", proof: proof, now: due)
        }
        await #expect(throws: PersonError.unknown("9")) {
            try await state.store.link("9", with: one, proof: proof, now: due)
        }
        await #expect(throws: PersonError.unknown("9")) {
            try await state.store.link(one, with: "9", proof: proof, now: due)
        }
        let name = Comment.placeholder(for: "77_88")
        try await state.store.write { db in
            try db.run("INSERT INTO person (id, created_at) VALUES (50, 0)", [])
            try db.run("INSERT INTO address (person, account, external_id, created_at) VALUES (50, 1, ?, 0)", [name])
        }
        await #expect(throws: PersonError.unnamed(name)) {
            try await state.store.link(one, with: name, proof: proof, now: due)
        }
        await #expect(throws: PersonError.unnamed(name)) { try await state.addMail("lan@example.com", to: name) }
    }

    @Test func `deliveries that are older than addresses keep theirs`() async throws {
        let state = try await known()
        try await state.store.write { try $0.run("UPDATE delivery SET address = NULL", []) }
        try await state.ingest(.of(.read, key: "r", person: "1001", at: due), now: due)
        _ = try await state.store.link(other, with: one, proof: proof, now: due)
        let deliveries = try await state.store.person(one).enrollments.flatMap(\.deliveries).filter {
            $0.state == "sent"
        }
        #expect(deliveries.map(\.channel) == ["messenger"])
        #expect(deliveries.map(\.receipt) == ["read"])
    }

    @Test func `the audit names the person who stays, and the user is kept with the proof`() async throws {
        let state = try await known()
        let (store, now, one, other) = (state.store, due, one, other)
        let request = AuditedRequest("link", by: AuditPeer(uid: 0, gid: 0, pid: 1, login: 1000), at: now)
        _ = try await AuditedRequest.$current.withValue(request) {
            try await store.link(one, with: other, proof: "x", now: now)
        }
        request.isDone()
        try await store.end(request)
        let record = try #require(try await store.audit(AuditQuery(person: "messenger:\(one)", limit: 10)).first)
        #expect(record.person == (try await store.person(one).pseudonym))
        #expect(record.after == "joined with another person: addresses 1, ended 1")
        #expect(try await store.export(one, now: now).links.map(\.operator) == [1000])
    }

    @Test func `a person who is forgotten is forgotten by every address, with the records of the join`() async throws {
        let state = try await known()
        _ = try await link(state)
        let report = try await state.store.forget("1001", now: due + .minutes(1))
        #expect(report.enrollments == 3)
        // What they wrote before does not bring them back, by either address.
        try await state.ingest(.message("1", from: "1001", at: now), now: due + .minutes(2))
        try await state.ingest(
            .message("2", from: "1002", page: TemporaryStore.otherPage, at: now),
            now: due + .minutes(2)
        )
        #expect(try await state.store.status().people == 0)
        let left = try await state.store.read { db in
            try ["link", "address", "consent", "event"].map {
                try db.row("SELECT count(*) AS n FROM \($0)", [])?["n"] as Int?
            }
        }
        #expect(left == [0, 0, 0, 0])
    }
}
