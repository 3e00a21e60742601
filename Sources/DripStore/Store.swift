package import DripCore
package import Foundation
import GRDB
import Glibc
import SafeFiles
import Synchronization

/// The state: one SQLite file, one process, one writer. A method per use case, each of them one transaction.
///
/// A write that returned is on the disk (WAL with `synchronous = FULL`): a claim before its first byte leaves, an
/// outcome before it counts. Nothing interrupts a write, a cancelled task neither.
package final class Store: Sendable {
    /// Names this database in the keys that messages carry.
    package let instance: String
    package let path: String
    /// Where it is.
    let directory: String
    let pool: DatabasePool
    let fence: StateFence
    let suppressions: SuppressionList
    /// Where a log lies now that belonged to another copy of the database; nil: there was none.
    package let logSetAside: String?
    private let lock: StateLock
    private let inForce: Mutex<Catalog>
    private let editCursors = Mutex<[String: EditCursor]>([:])
    private let lastDowntime = Mutex<Range<Instant>?>(nil)
    /// Whether a task cleans the files of what was erased.
    let isCleaning = Atomic(false)
    let gaps: PageGaps
    let intakes = IntakeQueue()
    /// How long writes have held the writer.
    package let holds = WriterHolds()

    /// Opens the state in a directory, and makes both if they are missing. Migrates an older schema.
    ///
    /// No sequence is in force until `adopt` puts some there.
    /// - Parameters:
    ///   - newInstance: names a new database; unused when there is one.
    ///   - zone: the configured zone.
    ///   - machine: this one, by which a clone on another is recognised; nil where it can't be told.
    /// - Throws: `StoreError`.
    package init(directory: String, newInstance: String, zone: TimeZone, machine: String? = nil) throws {
        try StoreFile.createDirectory(directory)
        try Self.mustBeOwn(directory)
        lock = try StateLock(directory: directory)
        // Nobody else restores into it while this is held.
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
            try Self.migrate(pool, path: path)
            let triggers = SuppressionTriggers()
            try pool.writeWithoutTransaction { [gaps] db in
                try Self.prepare(db)
                // A reader kept the last process from it.
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

    /// Root would be led elsewhere by what another user plants in their own directory, and would leave files there that the owner
    /// cannot open.
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

    /// The sequences in force. Within a write it is the one that holds for that transaction: `adopt` replaces it between
    /// two writes, so that no outcome is followed up by yesterday's files.
    package var catalog: Catalog {
        var catalog = inForce.withLock { $0 }
        catalog.sentElsewhereUntil = fence.sentElsewhereUntil
        catalog.edits = editCursors.withLock { $0 }
        return catalog
    }

    /// How far edits have been applied. Within a write it is what holds for that transaction.
    func setEditCursors(_ cursors: [String: EditCursor]) {
        editCursors.withLock { $0 = cursors }
    }

    /// When dripd was down before this start, as far as the state shows; nil where it shows nothing.
    var downtime: Range<Instant>? {
        get { lastDowntime.withLock { $0 } }
        set { lastDowntime.withLock { $0 = newValue } }
    }

    func putInForce(_ catalog: Catalog) {
        inForce.withLock { $0 = catalog }
    }

    private static var configuration: Configuration {
        var configuration = Configuration.distrusting
        configuration.label = "dripd"
        configuration.maximumReaderCount = 2
        // Nobody else should hold the file, but somebody with the sqlite3 shell may, for a moment.
        configuration.busyMode = .timeout(5)
        return configuration
    }

    /// After opening: GRDB has settings of its own while it sets up WAL.
    private static func prepare(_ writer: Database) throws {
        // NORMAL, which is GRDB's, may lose the last commits with the power: a message sent and forgotten would go twice
        // (https://www.sqlite.org/pragma.html#pragma_synchronous).
        try writer.execute(sql: "PRAGMA synchronous = FULL")
        // What is erased is overwritten, earlier copies of a row too; Debian's SQLite does so by itself.
        try writer.execute(sql: "PRAGMA secure_delete = ON")
        // In kibibytes: behind a million people, 500 lanes write in more pages than SQLite's two megabytes hold.
        try writer.execute(sql: "PRAGMA cache_size = -16000")
        // The log of one large transaction, such as an adoption for a million people, would stay as large. SQLite copies it back
        // at four megabytes.
        try writer.execute(sql: "PRAGMA journal_size_limit = 4194304")
    }

    /// What a disk lost is to be found before anything is decided by it.
    private static func check(_ pool: DatabasePool, path: String) throws {
        try pool.read { db in
            for check in checks(ofBytes: try StoreFile.size(path)) {
                let flaws = try String.fetchAll(db, sql: "PRAGMA \(check)")
                guard flaws == ["ok"] else { throw StoreError.damaged(path: path, why: flaws.first ?? "") }
            }
        }
    }

    /// A start is to take a second: a small database is looked at as a whole, a large one where it says what is sent next (half a
    /// second for a million people), and a larger one only where every start reads it. The daily backup looks at every page.
    static func checks(ofBytes size: Int64) -> [String] {
        switch size {
        case ...256_000_000: ["quick_check(1)"]
        case ...500_000_000: ["quick_check('job')", "quick_check('lane')", "quick_check('meta')"]
        default: ["quick_check('lane')", "quick_check('meta')"]
        }
    }

    private static func migrate(_ pool: DatabasePool, path: String) throws {
        let migrator = Schema.migrator
        try pool.write { db in
            let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
            let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
            guard isEmpty || application == Schema.applicationID else { throw StoreError.notOurs(path: path) }
            if isEmpty { try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)") }
            if try migrator.hasBeenSuperseded(db) { throw StoreError.newerSchema(path: path) }
            if !isEmpty { try SchemaCheck.check(db, path: path) }
        }
        try migrator.migrate(pool)
    }

    /// One transaction that a cancelled task cannot interrupt (GRDB's own `write` rolls back on cancellation): what is
    /// to be recorded has already happened. An operator's request that does it is recorded with it.
    /// - Parameter operation: what `holds` calls it.
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
                        // It committed: there is one.
                        return result!
                    }
                }
            }.value
        }
        if let recorded { request?.isWritten(recorded) }
        // What was asked for is on the disk, whatever becomes of this.
        if fence.mustMarkDatabase {
            try? await Task { try await self.pool.write { [fence] in try fence.markDatabase($0) } }.value
        }
        return value
    }

    /// Measures what holds the writer.
    /// - Parameter work: on the writer; calls its argument after its last statement.
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

    /// Answers once the writer has: what the watchdog asks.
    package func writerIsAlive() async throws {
        try await pool.writeWithoutTransaction { _ = try Int.fetchOne($0, sql: "SELECT 1") }
    }

    /// Returns when a write was put on the disk.
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

    /// Another process may open the state afterwards, and `dripd.db` is all of it: its log is copied into it and removed.
    package func close() throws {
        // A disk that is full now may have the log read at the next start.
        // By SQL, which a state that is closed already refuses.
        let isOpen =
            (try? pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)") }) != nil
        try pool.close()
        // The pool's last connection is a reader's, which removes nothing. A backup that reads meanwhile keeps the log.
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
    /// What was read is not what was written.
    var isDamage: Bool { [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(resultCode) }

    /// The disk or the file system refuses for now: nothing was written, and the same write may work later.
    var isOutage: Bool {
        [.SQLITE_FULL, .SQLITE_IOERR, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_READONLY, .SQLITE_CANTOPEN]
            .contains(resultCode)
    }
}
