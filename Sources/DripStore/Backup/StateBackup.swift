package import DripCore
import Foundation
import GRDB
import Glibc

/// A backup of the state: one file, consistent and checked, whether a daemon works on the state or not.
///
/// The database is read from another process than the daemon's, which SQLite allows and the daemon does not feel: the copy
/// is made in one read transaction, by a connection that writes nothing and never moves the log into the database. The
/// fence's file is not part of it: it is what a backup is recognised by when it comes back.
package enum StateBackup {
    /// Pages in one step: a few megabytes, between which progress is told.
    private static let pagesPerStep: CInt = 1024

    /// Copies the state of a directory into a file.
    /// - Parameters:
    ///   - overwriting: a file that is there already is replaced, once the new one is whole.
    ///   - progress: told the share that is copied, from 0 to 1.
    /// - Throws: `StoreError`, `BackupError`.
    package static func make(
        of directory: String,
        at path: String,
        overwriting: Bool,
        now: Instant,
        progress: @escaping (Double) -> Void
    ) throws -> BackupReport {
        let source = directory + "/dripd.db"
        guard !path.isEmpty, path != "-" else { throw BackupError.notAFileName(path) }
        guard overwriting || !FileManager.default.fileExists(atPath: path) else { throw BackupError.exists(path) }
        try StoreFile.mustBeReadable(source)
        let file = try DraftFile(for: path)
        // Last of all: to close a file takes away the locks that SQLite has on it.
        defer { file.end() }
        let draft = file.path
        // The one that held the draft until now may just have become whole.
        guard overwriting || !FileManager.default.fileExists(atPath: path) else { throw BackupError.exists(path) }
        try copy(source, to: draft, progress)
        try inDatabase(draft) { queue in
            try standAlone(queue)
            // All that came before this moment is in it.
            try queue.write { db in
                if try db.tableExists("fence") { try db.execute(sql: "UPDATE fence SET at = ?", arguments: [now]) }
            }
        }
        let report = try check(draft)
        try StoreFile.sync(draft)
        guard rename(draft, path) == 0 else { throw StoreFile.failure(path, "write") }
        try StoreFile.syncDirectory(of: path)
        return report
    }

    /// Removes what a backup that was killed has left in a directory.
    package static func removeLeftovers(in directory: String, named isBackup: (String) -> Bool) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: directory)
        where name.hasSuffix(DraftFile.suffix) && isBackup(String(name.dropLast(DraftFile.suffix.count))) {
            try DraftFile.removeLeftover("\(directory)/\(name)")
        }
    }

    /// Puts a backup in the place of the state of a directory, on hold until an operator adopts it.
    /// - Parameter stamp: names what was there before, which is kept.
    /// - Returns: what was restored, and where the former database lies now; nil where there was none.
    /// - Throws: `StoreError`, `BackupError`.
    package static func restore(
        _ path: String,
        to directory: String,
        stamp: String,
        progress: @escaping (Double) -> Void
    ) throws -> (report: BackupReport, former: String?) {
        try StoreFile.mustBeReadable(path)
        try StoreFile.createDirectory(directory)
        let lock = try StateLock(directory: directory)
        defer { lock.release() }
        let target = directory + "/dripd.db"
        let draft = directory + "/dripd.db.part"
        try StoreFile.create(draft)
        do {
            try copy(path, to: draft, progress)
            var report = try check(draft)
            try inDatabase(draft) { queue in
                try standAlone(queue)
                try Schema.migrator.migrate(queue)
                _ = try queue.write { try StateFence.hold($0, .restored) }
            }
            report.bytes = try StoreFile.size(draft)
            try StoreFile.sync(draft)
            let former = FileManager.default.fileExists(atPath: target) ? "\(target).replaced-\(stamp)" : nil
            if let former { try setAside(target, as: former) }
            // At no moment is there no database: a daemon would begin a new one.
            guard rename(draft, target) == 0 else { throw StoreFile.failure(target, "replace") }
            try StoreFile.syncDirectory(of: target)
            try StoreFile.giveToOwner(of: directory, [target, directory + "/dripd.lock"])
            return (report, former)
        } catch {
            unlink(draft)
            throw error
        }
    }

    /// The log first: beside another database, SQLite would take it for that one's.
    private static func setAside(_ database: String, as former: String) throws {
        for suffix in ["-wal", "-shm"] {
            guard rename(database + suffix, former + suffix) == 0 || errno == ENOENT else {
                throw StoreFile.failure(database + suffix, "set aside")
            }
        }
        guard link(database, former) == 0 else { throw StoreFile.failure(database, "set aside") }
        try StoreFile.syncDirectory(of: database)
    }

    /// Looks at every page of a database file.
    /// - Throws: `StoreError` where it is not whole, not dripd's, or a newer dripd's.
    static func check(_ path: String) throws -> BackupReport {
        try inDatabase(path) { queue in try queue.read { try check($0, path) } }
    }

    private static func check(_ db: Database, _ path: String) throws -> BackupReport {
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        guard application == Schema.applicationID else { throw StoreError.notOurs(path: path) }
        if try Schema.migrator.hasBeenSuperseded(db) { throw StoreError.newerSchema(path: path) }
        let flaws = try String.fetchAll(db, sql: "PRAGMA integrity_check(1)")
        guard flaws == ["ok"] else { throw StoreError.damaged(path: path, why: flaws.first ?? "") }
        let at = try db.tableExists("fence") ? Instant.fetchOne(db, sql: "SELECT at FROM fence") : nil
        return BackupReport(bytes: try StoreFile.size(path), at: at, sums: try Store.sums(db))
    }

    /// Makes it one file, which needs no log beside it.
    private static func standAlone(_ queue: DatabaseQueue) throws {
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    }

    private static func copy(_ source: String, to target: String, _ progress: @escaping (Double) -> Void) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            let reader = try DatabaseQueue(path: source, configuration: configuration)
            let writer = try DatabaseQueue(path: target)
            try reader.read { from in
                try writer.writeWithoutTransaction { to in
                    try from.backup(to: to, pagesPerStep: pagesPerStep) { step in
                        progress(Double(step.completedPageCount) / Double(max(step.totalPageCount, 1)))
                    }
                }
            }
            try writer.close()
            try reader.close()
        } catch let error as DatabaseError {
            // Only the copy grows.
            throw StoreError(error, path: error.resultCode == .SQLITE_FULL ? target : source)
        }
    }

    private static func inDatabase<T>(_ path: String, _ body: (DatabaseQueue) throws -> T) throws -> T {
        do {
            let queue = try DatabaseQueue(path: path)
            let result = try body(queue)
            try queue.close()
            return result
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }
}
