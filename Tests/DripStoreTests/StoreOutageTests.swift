import DripCore
import GRDB
import TestSupport
import Testing

@testable import DripStore

@Suite struct StoreOutageTests {
    @Test func `a full disk refuses the whole event, and takes it when there is room again`() async throws {
        let state = try await TemporaryStore([.make(steps: .care)])
        try await state.take(.message("1"), now: .start)
        try await state.fillDisk()
        let large = Event.of(.other("optin"), key: "o", body: String(repeating: "x", count: 100_000))
        let error = await #expect(throws: StoreError.self) {
            try await state.take(.message("2", from: "9"), large, now: .start)
        }
        #expect(error == .unavailable(path: state.store.path, why: "database or disk is full"))
        #expect(try await state.store.status().people == 1)

        try await state.makeRoom()
        let report = try await state.take(.message("2", from: "9"), large, now: .start)
        #expect(report.taken == ["message": 1, "optin": 1])
        #expect(try await state.store.status().people == 2)
    }
}

extension TemporaryStore {
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
