import ControlAPI
import DripCore
import GRDB
import TestSupport
import Testing

@testable import DripStore

@Suite struct StorePeopleListTests {
    private let now = Instant.start

    @Test func `everybody, a part at a time, and nobody twice`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        for person in ["a", "b", "c"] { try await state.ingest(.message(person, from: person), now: now) }
        let first = try await list(state, limit: 2)
        #expect(first.people.map(\.person) == ["a", "b"])
        let second = try await list(state, from: try #require(first.next), limit: 2)
        #expect(second.people.map(\.person) == ["c"])
        #expect(second.next == nil)
    }

    @Test func `behind a person, whose page has to be said where they are on two`() async throws {
        let state = try await TemporaryStore()
        _ = try await state.store.accounts(channel: "messenger", pages: ["999"])
        try await state.ingest(.message("1"), .message("2", page: "999"), .message("3", from: "9"), now: now)
        #expect(try await list(state, from: .after("1234567890/5678")).people.map(\.page) == ["999", "1234567890"])
        #expect(try await list(state, from: .after("999/5678")).people.map(\.person) == ["9"])
        await #expect(throws: PersonError.unknown("x")) { try await list(state, from: .after("x")) }
        await #expect(throws: PersonError.ambiguous("5678", pages: ["1234567890", "999"])) {
            try await list(state, from: .after("5678"))
        }
    }

    @Test func `a filter looks at all of a person and at what they are under way in`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.ingest(.message("1", from: "a", text: "0912345678"), .message("2", from: "b"), now: now)
        _ = try await state.store.stop("a", sequence: "care", now: now)
        var filter = PeopleFilter()
        filter.sequence = "care"
        #expect(try await list(state, filter).people.map(\.person) == ["b"])
        filter = PeopleFilter()
        filter.has = ["phone"]
        #expect(try await list(state, filter).people.map(\.person) == ["a"])
        filter = PeopleFilter()
        filter.reachableNow = true
        #expect(try await list(state, filter, now: now + .hours(23)).people.count == 2)
        #expect(try await list(state, filter, now: now + .hours(24)).people.isEmpty)
    }

    @Test func `a part has its measure, whomever it finds`() async throws {
        let state = try await TemporaryStore()
        try await state.fill(people: 5001)
        var filter = PeopleFilter()
        filter.has = ["phone"]
        let first = try await list(state, filter)
        #expect(first.people.isEmpty)
        #expect(first.next == .afterID(PersonID(rawValue: 5000)))
        #expect(try await list(state, filter, from: .afterID(PersonID(rawValue: 5000))).next == nil)
        // About half a kilobyte each: an answer stays far below what the command line takes.
        let all = try await list(state, limit: 10_000)
        #expect(all.people.count == 656)
        #expect(all.next == .afterID(PersonID(rawValue: 656)))
    }

    private func list(
        _ state: TemporaryStore,
        _ filter: PeopleFilter = PeopleFilter(),
        from place: PeoplePlace = .start,
        limit: Int = 100,
        now: Instant = .start
    ) async throws -> PeoplePart {
        try await state.store.people(where: filter, from: place, limit: limit, now: now)
    }
}

extension TemporaryStore {
    fileprivate func fill(people count: Int) async throws {
        let account = account
        try await store.write { db in
            for number in 1...count {
                try db.run("INSERT INTO person (created_at) VALUES (0)", [])
                try db.run(
                    "INSERT INTO address (person, account, external_id, created_at) VALUES (?, ?, ?, 0)",
                    [db.lastInsertedRowID, account, String(number)]
                )
            }
        }
    }
}
