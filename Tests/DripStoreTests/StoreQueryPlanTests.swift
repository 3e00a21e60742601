import GRDB
import TestSupport
import Testing

@testable import DripStore

/// What runs for every message must not grow with the number of people.
@Suite struct StoreQueryPlanTests {
    @Test func `due jobs come off the index, in order`() async throws {
        let plan = try await plan(of: Claiming.dueJobs)
        #expect(
            plan == """
                SEARCH job USING INDEX job_due (lane=? AND due<?)
                SEARCH enrollment USING INTEGER PRIMARY KEY (rowid=?)
                SEARCH person USING INTEGER PRIMARY KEY (rowid=?)
                SEARCH lane USING INTEGER PRIMARY KEY (rowid=?)
                CORRELATED SCALAR SUBQUERY 1
                SEARCH delivery USING PRIMARY KEY (enrollment=?)
                """
        )
    }

    @Test func `the next due time is one look at the index`() async throws {
        let plan = try await plan(of: Store.earliestDue)
        #expect(
            plan == """
                SEARCH job USING INDEX job_due (lane=?)
                """
        )
    }

    @Test func `a person who writes wakes their own jobs and looks at nobody else's`() async throws {
        let plan = try await plan(of: IntakeTransaction.wakeWaiting)
        #expect(
            plan == """
                SEARCH job USING INTEGER PRIMARY KEY (rowid=?)
                LIST SUBQUERY 1
                SEARCH enrollment USING COVERING INDEX sqlite_autoindex_enrollment_1 (person=?)
                """
        )
    }

    @Test func `a file that was uploaded wakes the jobs of its page that are due within a minute`() async throws {
        let plan = try await plan(of: Store.dueForMedia)
        #expect(
            plan == """
                SEARCH job USING INDEX job_due (lane=? AND due<?)
                """
        )
    }

    private func plan(of sql: String) async throws -> String {
        let state = try await TemporaryStore()
        return try await state.store.pool.read { db in
            let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN \(sql)")
            let arguments = StatementArguments((1...3).prefix(sql.count { $0 == "?" }))
            return try Row.fetchAll(statement, arguments: arguments)
                .map { row -> String in row["detail"] }.joined(separator: "\n")
        }
    }
}
