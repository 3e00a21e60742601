import CSQLite
import Dispatch
import GRDB

/// Compares a database's schema with the one that the migrations create.
///
/// A file that was restored, or copied over the state by hand, may contain an extra trigger or view, which SQLite would
/// run inside the daemon's own transactions. For this comparison, the text of a released migration must never change.
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

        /// Whether it is a table of `ANALYZE` or `PRAGMA optimize`. SQLite reserves these names.
        var isStatistics: Bool { type == "table" && sql == Self.statistics[name] }

        private static let statistics = [
            "sqlite_stat1": "CREATE TABLE sqlite_stat1(tbl,idx,stat)",
            "sqlite_stat4": "CREATE TABLE sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)",
        ]
    }

    /// GRDB writes it before the first migration, in a transaction of its own. If dripd is killed then, nothing else is there.
    static let migrationsTable = "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)"

    /// - Throws: `StoreError.altered`, `DatabaseError`.
    static func check(_ db: Database, path: String) throws {
        let applied = try Schema.migrator.appliedIdentifiers(db)
        let made = try DatabaseQueue(configuration: .untrusted)
        let last = Schema.migrator.migrations.last { applied.contains($0) }
        if let last {
            try Schema.migrator.migrate(made, upTo: last)
        } else if try db.tableExists("grdb_migrations") {
            try made.write { try $0.execute(sql: migrationsTable) }
        }
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
    /// For files that another program may have written.
    static var untrusted: Configuration {
        var configuration = Configuration()
        // Any other value requests a thread priority. systemd's sandbox refuses that and logs each attempt.
        configuration.qos = .default
        configuration.prepareDatabase { try SchemaCheck.distrust($0) }
        return configuration
    }
}

extension SchemaCheck {
    /// Makes SQLite distrust the file: its schema may call only functions without side effects, and its pages are
    /// checked when they are read.
    static func distrust(_ db: Database) throws {
        try db.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
        guard dripd_sqlite_be_defensive(db.sqliteConnection) == 0 else {
            throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "cannot enable SQLite's defensive mode")
        }
    }
}
