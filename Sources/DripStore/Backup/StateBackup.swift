package import DripCore
import Foundation
import GRDB
import Glibc
import SafeFiles

/// Makes and restores backups of the state. A backup is one file, consistent and checked, whether or not a daemon works
/// on the state.
///
/// The database is read in another process than the daemon's, without slowing the daemon down. The copy is made in one
/// read transaction, by a connection that writes nothing and never checkpoints the log. The fence file is not copied:
/// dripd recognises a restored backup by it.
package enum StateBackup {
    /// Pages per step: a few megabytes. Progress is reported after each step.
    private static let pagesPerStep: CInt = 1024

    /// Copies the state of a directory into a file.
    /// - Parameters:
    ///   - overwriting: whether to replace an existing file, once the new one is complete.
    ///   - progress: called with the share that is copied, from 0 to 1.
    /// - Throws: `StoreError`, `BackupError`.
    package static func make(
        of directory: String,
        at path: String,
        overwriting: Bool,
        now: Instant,
        progress: @escaping (Double) -> Void
    ) throws -> BackupReport {
        guard !path.isEmpty, path != "-" else { throw BackupError.notAFileName(path) }
        let state = try StateDirectory(reading: directory)
        let (target, name) = try holding(path)
        guard overwriting || !target.has(name) else { throw BackupError.exists(path) }
        try state.perform { try StoreFile.mustBeReadable(state.location + "/dripd.db") }
        let file = try DraftFile(in: target, for: name)
        // Last, because closing a file releases the locks that SQLite has on it.
        defer { file.end() }
        // The process that held the draft until now may just have completed the backup.
        guard overwriting || !target.has(name) else { throw BackupError.exists(path) }
        let report: BackupReport
        if state.isForeign || geteuid() == 0 && target.isWritableByOthers {
            report = try fill(file, bySnapshotIn: state, now: now, progress)
        } else {
            try state.naming { try state.checkDatabaseFiles() }
            report = try snapshot(state.location, to: target.path(of: file.name), now: now, progress)
            try StoreFile.sync(target.path(of: file.name))
        }
        try complete(file, as: name)
        return report
    }

    /// Copies an open database, in one file that needs no log. Replaces an existing copy.
    /// - Throws: `StoreError`, `BackupError.underWay`.
    static func copy(_ database: DatabasePool, to name: String, in directory: String) throws {
        let target: OpenDirectory
        do throws(FileFailure) {
            target = try OpenDirectory(directory)
        } catch {
            throw StoreError(error)
        }
        let file = try DraftFile(in: target, for: name)
        // Last, because closing a file releases the locks that SQLite has on it.
        defer { file.end() }
        let draft = target.path(of: file.name)
        do {
            try inDatabase(draft) { queue in
                try database.backup(to: queue)
                try standAlone(queue)
            }
        } catch StoreError.damaged(_, let why) {
            // The new file is not: it was read from the database.
            throw StoreError.damaged(path: database.path, why: why)
        }
        try StoreFile.sync(draft)
        try complete(file, as: name)
    }

    /// Gives a draft its name: from now on it is a backup.
    private static func complete(_ file: DraftFile, as name: String) throws {
        do {
            try file.directory.replaceable(name)
            try file.directory.rename(file.name, to: name)
            try file.directory.sync()
        } catch {
            throw StoreError(error)
        }
    }

    private static func holding(_ path: String) throws -> (OpenDirectory, String) {
        do {
            return try OpenDirectory.holding(path)
        } catch {
            throw StoreError(error)
        }
    }

    /// Fills the file through a snapshot in the state directory. SQLite may write only where no other user can write,
    /// or in the state's directory with its owner's rights. Files elsewhere get their bytes through a descriptor.
    private static func fill(
        _ file: DraftFile,
        bySnapshotIn state: StateDirectory,
        now: Instant,
        _ progress: @escaping (Double) -> Void
    ) throws -> BackupReport {
        let (stage, report) = try state.perform {
            try state.checkDatabaseFiles()
            let stage = try DraftFile(in: state.directory, for: "dripd.db.backup")
            do {
                return (stage, try snapshot(state.location, to: "\(state.location)/\(stage.name)", now: now, progress))
            } catch {
                stage.end()
                throw error
            }
        }
        defer { try? state.perform { stage.end() } }
        do {
            try PlainFile.copy(stage.descriptor, stage.name, to: file.descriptor, file.directory.path(of: file.name))
        } catch {
            throw StoreError(error)
        }
        return report
    }

    /// Copies the database of a directory into a file that needs no log.
    private static func snapshot(
        _ directory: String,
        to draft: String,
        now: Instant,
        _ progress: @escaping (Double) -> Void
    ) throws -> BackupReport {
        try copy(directory + "/dripd.db", to: draft, progress)
        try inDatabase(draft) { queue in
            try standAlone(queue)
            try queue.read { try SchemaCheck.check($0, path: draft) }
            // The backup contains everything from before this moment.
            try queue.write { db in
                if try db.tableExists("fence") { try db.execute(sql: "UPDATE fence SET at = ?", arguments: [now]) }
            }
        }
        return try check(draft)
    }

    /// Removes the drafts that killed backups have left in a directory.
    package static func removeLeftovers(in directory: String, named isBackup: (String) -> Bool) throws {
        do {
            let directory = try OpenDirectory(directory)
            for name in try directory.names()
            where name.hasSuffix(DraftFile.suffix) && isBackup(String(name.dropLast(DraftFile.suffix.count))) {
                try DraftFile.removeLeftover(name, in: directory)
            }
        } catch let failure as FileFailure {
            throw StoreError(failure)
        }
    }

    /// Replaces the state of a directory by a backup, on hold until an operator adopts it.
    /// - Parameter stamp: part of the name under which the former state is kept.
    /// - Parameter request: the operator's request; the restored state records it.
    /// - Returns: the contents of the backup, and the path of the former database; nil if there was none.
    /// - Throws: `StoreError`, `BackupError`.
    package static func restore(
        _ path: String,
        to directory: String,
        stamp: String,
        request: AuditedRequest? = nil,
        progress: @escaping (Double) -> Void
    ) throws -> (report: BackupReport, former: String?) {
        let source = try BackupSource(path)
        let state = try StateDirectory(directory, making: true)
        // From here on the owner's rights must be enough to read, and new files must belong to the owner.
        try state.takeRightsForGood()
        return try state.naming {
            let (report, former) = try restore(source, in: state, stamp: stamp, request, progress)
            return (report, former.map { state.path + "/" + $0 })
        }
    }

    private static func restore(
        _ source: BackupSource,
        in state: StateDirectory,
        stamp: String,
        _ request: AuditedRequest?,
        _ progress: @escaping (Double) -> Void
    ) throws -> (report: BackupReport, former: String?) {
        let lock = try StateLock(directory: state.location)
        defer { lock.release() }
        let target = state.location + "/dripd.db"
        let name = "dripd.db.part"
        let draft = state.location + "/" + name
        func removeDraft() {
            for suffix in ["", "-journal", "-wal", "-shm"] { try? state.directory.remove(name + suffix) }
        }
        removeDraft()
        do {
            try source.copy(to: state.directory, name, progress)
            var report: BackupReport
            do {
                report = try check(draft)
            } catch let error as StoreError {
                throw error.replacing(draft, with: source.path)
            }
            try inDatabase(draft) { queue in
                try standAlone(queue)
                try Schema.migrator.migrate(queue)
                report.sums = try queue.read { try Store.sums($0) }
                _ = try queue.write { try StateFence.hold($0, .restored) }
                request?.changes(to: "a backup of \(report.at.map(\.description) ?? "an unknown time")")
                // The record names no person, so it needs no instance.
                _ = try queue.write { try request?.write($0, instance: "") }
            }
            report.bytes = try StoreFile.size(draft)
            try StoreFile.sync(draft)
            let former = state.directory.has("dripd.db") ? "dripd.db.replaced-\(stamp)" : nil
            if let former { try setAside(target, as: state.location + "/" + former) }
            // A rename, so that a database exists at every moment: without one, a daemon would create a new one.
            guard rename(draft, target) == 0 else { throw StoreFile.failure(target, "replace") }
            try state.directory.sync()
            return (report, former)
        } catch {
            removeDraft()
            throw error
        }
    }

    /// The log first: SQLite would apply it to the new database.
    private static func setAside(_ database: String, as former: String) throws {
        for suffix in ["-wal", "-shm"] {
            guard rename(database + suffix, former + suffix) == 0 || errno == ENOENT else {
                throw StoreFile.failure(database + suffix, "set aside")
            }
        }
        guard link(database, former) == 0 else { throw StoreFile.failure(database, "set aside") }
        try StoreFile.syncDirectory(of: database)
    }

    /// Checks every page of a database file.
    /// - Throws: `StoreError` if it is damaged, not dripd's, or from a newer dripd.
    static func check(_ path: String) throws -> BackupReport {
        try inDatabase(path) { queue in try queue.read { try check($0, path) } }
    }

    private static func check(_ db: Database, _ path: String) throws -> BackupReport {
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        guard application == Schema.applicationID else { throw StoreError.notOurs(path: path) }
        if try Schema.migrator.hasBeenSuperseded(db) { throw StoreError.newerSchema(path: path) }
        let flaws = try String.fetchAll(db, sql: "PRAGMA integrity_check(1)")
        guard flaws == ["ok"] else { throw StoreError.damaged(path: path, why: flaws.first ?? "") }
        try SchemaCheck.check(db, path: path)
        let at = try db.tableExists("fence") ? Instant.fetchOne(db, sql: "SELECT at FROM fence") : nil
        return BackupReport(
            bytes: try StoreFile.size(path),
            at: at,
            sums: try Store.sums(db, isCurrent: Schema.migrator.hasCompletedMigrations(db))
        )
    }

    /// Turns it into one file that needs no log.
    private static func standAlone(_ queue: DatabaseQueue) throws {
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    }

    private static func copy(_ source: String, to target: String, _ progress: @escaping (Double) -> Void) throws {
        var configuration = Configuration.untrusted
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            let reader = try DatabaseQueue(path: source, configuration: configuration)
            let writer = try DatabaseQueue(path: target, configuration: .untrusted)
            try reader.read { from in
                // The first read begins the transaction. Without it each step would begin its own, and a write between
                // two steps would make SQLite start over: beside a busy daemon, forever.
                _ = try Int.fetchOne(from, sql: "SELECT count(*) FROM sqlite_master")
                try writer.writeWithoutTransaction { to in
                    try from.backup(to: to, pagesPerStep: pagesPerStep) { step in
                        progress(Double(step.completedPageCount) / Double(max(step.totalPageCount, 1)))
                    }
                }
            }
            try writer.close()
            try reader.close()
        } catch let error as DatabaseError {
            // Only the copy grows, so a full disk is the copy's.
            throw StoreError(error, path: error.resultCode == .SQLITE_FULL ? target : source)
        }
    }

    private static func inDatabase<T>(_ path: String, _ body: (DatabaseQueue) throws -> T) throws -> T {
        do {
            let queue = try DatabaseQueue(path: path, configuration: .untrusted)
            let result = try body(queue)
            try queue.close()
            return result
        } catch let error as DatabaseError {
            throw StoreError(error, path: path)
        }
    }
}
