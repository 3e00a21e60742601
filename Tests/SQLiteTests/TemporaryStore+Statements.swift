import GRDB
import Synchronization
import TestSupport

@testable import DripStore

extension TemporaryStore {
    /// The SQL of the statements that `work` has the writer run, in order.
    func statements(_ work: () async throws -> Void) async throws -> [String] {
        let statements = Mutex<[String]>([])
        try await store.pool.writeWithoutTransaction { db in
            db.trace { event in
                guard case .statement(let statement) = event else { return }
                statements.withLock { $0.append(statement.sql) }
            }
        }
        try await work()
        try await store.pool.writeWithoutTransaction { $0.trace() }
        return statements.withLock(\.self)
    }

    /// How many of them there were, by kind and table: `100 UPDATE job`.
    func countedStatements(_ work: () async throws -> Void) async throws -> [String] {
        let kinds = try await statements(work).map(Self.kind)
        return Dictionary(grouping: kinds, by: \.self).sorted { $0.key < $1.key }.map { "\($0.value.count) \($0.key)" }
    }

    /// How SQLite would run a statement.
    func plan(of sql: String) async throws -> [String] {
        try await store.pool.read { db in
            let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN \(sql)")
            let arguments = StatementArguments(0..<sql.count { $0 == "?" })
            return try Row.fetchAll(statement, arguments: arguments).map { row in row["detail"] }
        }
    }

    /// `SELECT job` of a query whose first table that is; what stands among its columns comes before.
    static func kind(of sql: String) -> String {
        let words = sql.split { $0 == " " || $0 == "\n" }
        switch words.first {
        case "SELECT":
            let table = words.lastIndex(of: "FROM").flatMap { words[($0 + 1)...].first }
            return "SELECT " + (table ?? "")
        case "INSERT": return "INSERT " + (words.dropFirst(2).first ?? "")
        case "UPDATE": return "UPDATE " + (words.dropFirst().first ?? "")
        default: return words.prefix(2).joined(separator: " ").replacing(" TRANSACTION", with: "")
        }
    }
}
