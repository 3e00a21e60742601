package import DripCore
package import Foundation
import GRDB
import Glibc
import SafeFiles
import Synchronization

/// The daemon's state: one SQLite file, one process, one writer. Each use case is one method and one transaction.
///
/// A write that has returned is on the disk (WAL with `synchronous = FULL`): a claim before its first byte is sent, an
/// outcome before it counts. Cancelling the calling task does not interrupt a write.
package final class Store: Sendable {
    /// The identifier of this database in the delivery keys that messages carry.
    package let instance: String
    package let path: String
    /// The state directory.
    let directory: String
    let pool: DatabasePool
    let fence: StateFence
    let suppressions: SuppressionList
    /// The new path of a write-ahead log that belonged to another copy of the database; nil if there was none.
    package let logSetAside: String?
    /// The copy that was made of a former schema's database before it was migrated; nil if nothing was migrated.
    package let migratedFrom: String?
    private let lock: StateLock
    private let inForce: Mutex<Catalog>
    private let editCursors = Mutex<[String: EditCursor]>([:])
    private let lastDowntime = Mutex<Range<Instant>?>(nil)
    /// Whether a task is removing erased content from the files.
    let isCleaning = Atomic(false)
    let gaps: PageGaps
    let intakes = IntakeQueue()
    /// Measures how long writes hold the writer.
    package let holds = WriterHolds()

    /// Opens the state in a directory. Creates the directory and the database if they are missing, and migrates an
    /// older schema.
    ///
    /// No sequence is in force until `adopt` is called.
    /// - Parameters:
    ///   - newInstance: the identifier of a new database; unused if there is a database already.
    ///   - zone: the configured time zone.
    ///   - machine: identifies this machine, to recognise a clone on another one; nil if unknown.
    /// - Throws: `StoreError`.
    package init(directory: String, newInstance: String, zone: TimeZone, machine: String? = nil) throws {
        try StoreFile.createDirectory(directory)
        try Self.mustBeOwn(directory)
        lock = try StateLock(directory: directory)
        // The lock is held, so no restore is writing these files.
        try SetAsideFiles(directory: directory).removeLeftovers()
        inForce = Mutex(Catalog(zone: zone, sequences: []))
        self.directory = directory
        path = directory + "/dripd.db"
        gaps = PageGaps(path: path)
        let log = DatabaseLog(database: path)
        var file = FenceFile(directory: directory, instance: newInstance)
        defer { file.release() }
        _ = try file.read()
        logSetAside = try log.setAsideIfForeign(file)
        do {
            pool = try DatabasePool(path: path, configuration: Self.configuration)
            try Self.check(pool, path: path)
            migratedFrom = try Self.migrate(pool, directory: directory)
            let triggers = SuppressionTriggers()
            try pool.writeWithoutTransaction { [gaps] db in
                try Self.prepare(db)
                // A reader may have kept the last process from doing this.
                _ = try Self.cleanFiles(db, gaps)
                try triggers.install(db)
            }
            instance = try pool.write { db in
                try db.execute(
                    sql: "INSERT INTO meta (name, value) VALUES ('instance', ?) ON CONFLICT DO NOTHING",
                    arguments: [newInstance]
                )
                return try String.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'instance'") ?? newInstance
            }
            fence = try StateFence(directory: directory, instance: instance, machine: machine, log: log, pool)
            suppressions = try SuppressionList(
                directory: directory,
                instance: instance,
                counted: fence.suppressions,
                isCopy: fence.hold != nil,
                triggers,
                pool
            )
            fence.noteSuppressions(suppressions.last)
            let cursors = try pool.read { try EditSlice.cursors($0) }
            editCursors.withLock { $0 = cursors }
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }

    /// Refuses to run as root in another user's directory. That user could plant links in it, and could not open the
    /// files that root would leave there.
    private static func mustBeOwn(_ directory: String) throws {
        do throws(FileFailure) {
            let open = try OpenDirectory(directory)
            guard geteuid() != 0 || open.owner == 0 else {
                throw FileFailure(
                    directory,
                    "it belongs to user \(open.owner), and root does not work in it; start dripd as that user: systemctl start dripd"
                )
            }
        } catch {
            throw StoreError(error)
        }
    }

    /// The sequences in force. The value does not change during a write: `adopt` replaces it between two writes, so an
    /// outcome is never followed up by outdated files.
    package var catalog: Catalog {
        var catalog = inForce.withLock { $0 }
        catalog.sentElsewhereUntil = fence.sentElsewhereUntil
        catalog.edits = editCursors.withLock { $0 }
        return catalog
    }

    /// Sets how far edits have been applied. The value does not change during a write.
    func setEditCursors(_ cursors: [String: EditCursor]) {
        editCursors.withLock { $0 = cursors }
    }

    /// The time during which dripd was down before this start, as far as the state shows; nil if it shows nothing.
    var downtime: Range<Instant>? {
        get { lastDowntime.withLock { $0 } }
        set { lastDowntime.withLock { $0 = newValue } }
    }

    func putInForce(_ catalog: Catalog) {
        inForce.withLock { $0 = catalog }
    }

    private static var configuration: Configuration {
        var configuration = Configuration.untrusted
        configuration.label = "dripd"
        configuration.maximumReaderCount = 2
        // An operator with the sqlite3 shell may lock the file for a moment.
        configuration.busyMode = .timeout(5)
        return configuration
    }

    /// Applies the writer's settings. Runs after opening, because GRDB has settings of its own while it sets up WAL.
    private static func prepare(_ writer: Database) throws {
        // With NORMAL, GRDB's default, a power loss may drop the last commits, and a message that was sent would be
        // sent again (https://www.sqlite.org/pragma.html#pragma_synchronous).
        try writer.execute(sql: "PRAGMA synchronous = FULL")
        // Overwrites deleted content, including earlier copies of a row. Debian's SQLite does so by default.
        try writer.execute(sql: "PRAGMA secure_delete = ON")
        // In kibibytes. With a million people, 500 accounts write to more pages than SQLite's default of two megabytes
        // holds.
        try writer.execute(sql: "PRAGMA cache_size = -16000")
        // Without a limit the log keeps the size of the largest transaction, such as an adoption for a million people.
        // Four megabytes is the size at which SQLite checkpoints it.
        try writer.execute(sql: "PRAGMA journal_size_limit = 4194304")
    }

    /// Finds damage before any decision relies on damaged data.
    private static func check(_ pool: DatabasePool, path: String) throws {
        try pool.read { db in
            // Its name before migration 22.
            let accounts = try db.tableExists("lane") ? "lane" : "account"
            for check in checks(ofBytes: try StoreFile.size(path), accounts: accounts) {
                let flaws = try String.fetchAll(db, sql: "PRAGMA \(check)")
                guard flaws == ["ok"] else { throw StoreError.damaged(path: path, why: flaws.first ?? "") }
            }
        }
    }

    /// Returns the checks for a database of this size. A start should take a second, so only a small database is
    /// checked as a whole. A large one is checked where it says what is sent next (half a second for a million people),
    /// a larger one only in the tables that every start reads. The daily backup checks every page.
    static func checks(ofBytes size: Int64, accounts: String) -> [String] {
        switch size {
        case ...256_000_000: ["quick_check(1)"]
        case ...500_000_000: ["quick_check('job')", "quick_check('\(accounts)')", "quick_check('meta')"]
        default: ["quick_check('\(accounts)')", "quick_check('meta')"]
        }
    }

    /// Migrates the database. Copies it first, because an earlier dripd refuses a migrated one.
    /// - Returns: the path of the copy; nil if there was nothing to migrate.
    private static func migrate(_ pool: DatabasePool, directory: String) throws -> String? {
        let migrator = Schema.migrator
        let path = directory + "/dripd.db"
        let former: String? = try pool.write { db in
            let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
            let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
            guard isEmpty || application == Schema.applicationID else { throw StoreError.notOurs(path: path) }
            if isEmpty { try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)") }
            if try migrator.hasBeenSuperseded(db) { throw StoreError.newerSchema(path: path) }
            if !isEmpty { try SchemaCheck.check(db, path: path) }
            let done = try migrator.appliedIdentifiers(db)
            let last = migrator.migrations.last { done.contains($0) }
            guard last == migrator.migrations.last else { return last }
            // A kill after the last migration has left it. The next upgrade must not take that copy for its own.
            try db.run(Self.forgetCopy, [])
            return nil
        }
        guard let former else {
            try migrator.migrate(pool)
            return nil
        }
        let copy = try keepCopy(pool, SetAsideFiles.formerSchema + former, in: directory)
        try migrator.migrate(pool)
        try pool.write { try $0.run(Self.forgetCopy, []) }
        return copy
    }

    private static let forgetCopy = "DELETE FROM meta WHERE name = 'copy_before_migrations'"

    /// Copies the database. If an earlier start made a copy and was killed between two migrations, that one is kept.
    /// - Returns: the path of the copy.
    private static func keepCopy(_ pool: DatabasePool, _ name: String, in directory: String) throws -> String {
        let earlier: String? = try pool.read { db in
            try db.row("SELECT value FROM meta WHERE name = 'copy_before_migrations'", [])?["value"]
        }
        if let earlier, FileManager.default.fileExists(atPath: "\(directory)/\(earlier)") {
            return "\(directory)/\(earlier)"
        }
        try StoreFile.mustHaveSpace(for: StoreFile.size("\(directory)/dripd.db"), in: directory)
        try StateBackup.copy(pool, to: name, in: directory)
        try pool.write { db in
            try db.run(
                """
                INSERT INTO meta (name, value) VALUES ('copy_before_migrations', ?)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """,
                [name]
            )
        }
        return "\(directory)/\(name)"
    }

    /// Runs one transaction. It records what has already happened, so a cancelled task cannot interrupt it (GRDB's own
    /// `write` rolls back on cancellation). If an operator's request is being carried out, its audit record is written
    /// in the same transaction.
    /// - Parameter operation: the name under which `holds` counts the write.
    func write<T: Sendable>(
        as operation: String = #function,
        _ body: @escaping @Sendable (Database) throws -> T
    ) async throws -> T {
        let request = AuditedRequest.current
        let (value, recorded) = try await noticingOutages {
            try await Task { [self] in
                try await pool.writeWithoutTransaction { [self] db in
                    try measuring(operation) { bodyEnds in
                        var result: (T, AuditedRequest.Recorded?)?
                        try db.inTransaction {
                            defer { bodyEnds() }
                            let value = try AuditedRequest.$current.withValue(request) { try body(db) }
                            result = (value, try request?.write(db, instance: instance))
                            try suppressions.flush(db)
                            fence.noteSuppressions(suppressions.last)
                            return .commit
                        }
                        // The transaction has committed, so the result is set.
                        return result!
                    }
                }
            }.value
        }
        if let recorded { request?.isWritten(recorded) }
        // The write is on the disk already. If this fails, it still counts.
        if fence.mustMarkDatabase {
            try? await Task { try await self.pool.write { [fence] in try fence.markDatabase($0) } }.value
        }
        return value
    }

    /// Measures how long the work holds the writer.
    /// - Parameter work: runs on the writer; calls its argument after its last statement.
    func measuring<T>(_ operation: String, _ work: (() -> Void) throws -> T) rethrows -> T {
        let began = ContinuousClock.now
        var bodyEnded = began
        defer {
            let end = ContinuousClock.now
            let name = operation.prefix { $0 != "(" }
            holds.add(LongWrite(operation: String(name), duration: end - began, commit: end - bodyEnded))
        }
        return try work { bodyEnded = ContinuousClock.now }
    }

    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        try await noticingOutages { try await self.pool.read(body) }
    }

    private func noticingOutages<T: Sendable>(_ access: () async throws -> T) async throws -> T {
        do {
            return try await access()
        } catch let error as DatabaseError where error.isOutage || error.isDamage {
            throw StoreError(error, path: path)
        }
    }

    /// Returns once the writer has answered. The watchdog calls this.
    package func writerIsAlive() async throws {
        try await pool.writeWithoutTransaction { _ = try Int.fetchOne($0, sql: "SELECT 1") }
    }

    /// Writes a row, and returns once it is on the disk.
    /// - Throws: `StoreError`.
    package func proveWritable(now: Instant) async throws {
        try await write { db in
            try db.run(
                """
                INSERT INTO meta (name, value) VALUES ('written_at', ?)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """,
                ["\(now.milliseconds)"]
            )
        }
    }

    /// Closes the state. The log is copied into `dripd.db` and removed: that file then holds everything, and another
    /// process may open it.
    package func close() throws {
        // If the disk is full, the next start reads the log instead. This is SQL because a state that is closed already
        // refuses it.
        let isOpen =
            (try? pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)") }) != nil
        try pool.close()
        // The pool closes a reader last, and a reader does not remove the log. A backup that is reading keeps the log.
        if isOpen, let last = try? DatabaseQueue(path: path) {
            _ = try? last.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_master") }
            try? last.close()
        }
        gaps.release()
        fence.release()
        suppressions.release()
        lock.release()
    }
}

extension DatabaseError {
    /// Whether the file's content is not what was written.
    var isDamage: Bool { [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(resultCode) }

    /// Whether the disk or the file system refuses for now: nothing was written, and the same write may work later.
    var isOutage: Bool {
        [.SQLITE_FULL, .SQLITE_IOERR, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_READONLY, .SQLITE_CANTOPEN]
            .contains(resultCode)
    }
}
