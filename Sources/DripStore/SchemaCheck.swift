import CSQLite
import Dispatch
import GRDB

/// Holds a database's own description of itself against what the migrations make.
///
/// A file that was restored, or put in the state's place by hand, may hold a trigger or a view besides the tables: SQLite would
/// run it inside the daemon's own transactions. The text of a migration therefore never changes once it was released.
enum SchemaCheck {
    private struct Entry: Hashable {
        let type: String
        let name: String
        let table: String
        let sql: String?

        init(row: Row) {
            type = row["type"] ?? ""
            name = row["name"] ?? ""
            table = row["tbl_name"] ?? ""
            sql = row["sql"]
        }

        /// What `ANALYZE` and `PRAGMA optimize` write down; nobody can make a table of such a name otherwise.
        var isStatistics: Bool { type == "table" && sql == Self.statistics[name] }

        private static let statistics = [
            "sqlite_stat1": "CREATE TABLE sqlite_stat1(tbl,idx,stat)",
            "sqlite_stat4": "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)",
        ]
    }

    /// - Throws: `StoreError.altered`, `DatabaseError`.
    static func check(_ db: Database, path: String) throws {
        let applied = try Schema.migrator.appliedIdentifiers(db)
        let made = try DatabaseQueue(configuration: .distrusting)
        let last = Schema.migrator.migrations.last { applied.contains($0) }
        if let last { try Schema.migrator.migrate(made, upTo: last) }
        let expected = try made.read { try entries($0) }
        let found = try entries(db)
        let news = found.subtracting(expected).filter { !$0.isStatistics }
        let missing = expected.subtracting(found).filter { entry in
            !news.contains { ($0.type, $0.name) == (entry.type, entry.name) }
        }
        let names = Set(expected.map { [$0.type, $0.name] })
        let flaws =
            news.map { entry in
                names.contains([entry.type, entry.name])
                    ? "its \(entry.type) '\(entry.name)' is not as dripd makes it"
                    : "dripd makes no \(entry.type) '\(entry.name)'\(entry.name == entry.table ? "" : " on '\(entry.table)'")"
            } + missing.map { "its \($0.type) '\($0.name)' is missing" }
        guard let first = flaws.min() else { return }
        throw StoreError.altered(path: path, what: flaws.count == 1 ? first : "\(first), and \(flaws.count - 1) more")
    }

    private static func entries(_ db: Database) throws -> Set<Entry> {
        Set(try Row.fetchAll(db, sql: "SELECT type, name, tbl_name, sql FROM sqlite_master").map(Entry.init(row:)))
    }
}

extension Configuration {
    /// For files that somebody else may have made.
    static var distrusting: Configuration {
        var configuration = Configuration()
        // Another would ask for a thread priority that systemd's sandbox refuses, with a line in the journal each time.
        configuration.qos = .default
        configuration.prepareDatabase { try SchemaCheck.distrust($0) }
        return configuration
    }
}

extension SchemaCheck {
    /// What a file says of itself may call no function that does more than compute, and its pages are checked as they are read.
    static func distrust(_ db: Database) throws {
        try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
        guard dripd_sqlite_be_defensive(db.sqliteConnection) == 0 else {
            throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "SQLite cannot be told to be defensive")
        }
    }
}
