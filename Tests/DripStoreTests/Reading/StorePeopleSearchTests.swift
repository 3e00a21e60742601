import ControlAPI
import DripCore
import Foundation
import TestSupport
import Testing

@testable import DripStore

@Suite struct StorePeopleSearchTests {
    @Test func `who came last is first, and a search goes on where it stopped`() async throws {
        let state = try await state()
        let lan = try #require(PeopleSearch("lan"))
        let first = try await state.store.people(like: lan, before: nil, limit: 2)
        #expect(first.people.map(\.person) == ["4", "2"])
        let rest = try await state.store.people(like: lan, before: first.before, limit: 2)
        #expect(rest.people.map(\.person) == ["1"])
        #expect(rest.before == nil)
    }

    @Test func `by a number, in whatever form`() async throws {
        let state = try await state()
        let number = try #require(PeopleSearch("0912 345 678"))
        let found = try await state.store.people(like: number, before: nil, limit: 20)
        #expect(found.people.map(\.person) == ["3"])
        #expect(found.people.first?.attributes["phone"] == "+84912345678")
        let nobody = try #require(PeopleSearch("Nam"))
        #expect(
            try await state.store.people(like: nobody, before: nil, limit: 20) == PeopleFound(people: [], before: nil)
        )
    }

    /// How long a search takes that finds nobody among 100,000 people: by hand, with DRIPD_MEASURE set.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["DRIPD_MEASURE"] != nil))
    func `a search that finds nobody`() async throws {
        let state = try await TemporaryStore()
        for part in 0..<20 {
            let people = (0..<5000).map { number in
                record("\(part * 5000 + number)", ["full_name": "Nguyễn Thị Bưởi", "phone": "+84912345678"])
            }
            try await take(people, state)
        }
        let search = try #require(PeopleSearch("nobody"))
        let begin = SuspendingClock.now
        var before: PersonID?
        repeat {
            before = try await state.store.people(like: search, before: before, limit: 20).before
        } while before != nil
        print("100,000 people: \(SuspendingClock.now - begin)")
    }

    private func state() async throws -> TemporaryStore {
        let state = try await TemporaryStore()
        try await take(
            [
                record("1", ["full_name": "Trần Lan"]), record("2", ["full_name": "Lân Đỗ"]),
                record("3", ["full_name": "Minh", "phone": "+84912345678"]), record("4", ["first_name": "LAN"]),
                record("5", [:]),
            ],
            state
        )
        return state
    }

    private func take(_ people: [PersonRecord], _ state: TemporaryStore) async throws {
        _ = try await state.store.importPeople(
            people.map { ($0, state.account) },
            enrollingIn: nil,
            isTrial: false,
            now: .start
        )
    }

    private func record(_ address: String, _ attributes: [String: String]) -> PersonRecord {
        var record = PersonRecord(line: 1, page: nil, address: address)
        record.attributes = attributes
        return record
    }
}
