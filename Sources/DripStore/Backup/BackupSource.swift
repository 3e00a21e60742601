import Glibc
import SafeFiles

/// A database file that is to be restored, with the log beside it, opened before the process gives up its rights.
///
/// The bytes are copied, not the pages: SQLite opens only the copy, whose neighbours nobody else has made.
final class BackupSource {
    let path: String
    private let database: Int32
    /// -1: there is none.
    private let log: Int32

    /// - Throws: `StoreError`.
    init(_ path: String) throws {
        self.path = path
        do throws(FileFailure) {
            let (directory, name) = try OpenDirectory.holding(path, following: true)
            guard !directory.has(name + "-journal") else {
                throw FileFailure(
                    path,
                    "\(name)-journal beside it is what a program left that was killed while it wrote; `sqlite3 \(path) .schema` "
                        + "with its owner's rights completes it"
                )
            }
            if name == "dripd.db" { try Self.mustBeAtRest(directory) }
            database = try directory.openFile(name, O_RDONLY)
            do throws(FileFailure) {
                log = try directory.has(name + "-wal") ? directory.openFile(name + "-wal", O_RDONLY) : -1
            } catch {
                close(database)
                throw error
            }
        } catch {
            throw StoreError(error)
        }
    }

    deinit {
        close(database)
        if log >= 0 { close(log) }
    }

    /// The state of another directory is no backup while a daemon works on it.
    private static func mustBeAtRest(_ directory: OpenDirectory) throws(FileFailure) {
        guard directory.has("dripd.lock") else { return }
        let lock = try directory.openFile("dripd.lock", O_RDONLY)
        defer { close(lock) }
        guard flock(lock, LOCK_SH | LOCK_NB) == 0 else {
            throw FileFailure(directory.path, "a dripd works on it; `dripd backup` makes a copy of it")
        }
        flock(lock, LOCK_UN)
    }

    /// - Parameter progress: told the share that is copied, from 0 to 1.
    func copy(to directory: OpenDirectory, _ name: String, _ progress: (Double) -> Void) throws {
        do throws(FileFailure) {
            let size = Double(max(try PlainFile.size(database, path), 1))
            try copy(database, to: directory, name) { progress(min(Double($0) / size, 1)) }
            if log >= 0 { try copy(log, to: directory, name + "-wal") { _ in } }
        } catch {
            throw StoreError(error)
        }
        progress(1)
    }

    private func copy(
        _ source: Int32,
        to directory: OpenDirectory,
        _ name: String,
        _ progress: (Int64) -> Void
    ) throws(FileFailure) {
        let target = try directory.makeFile(name)
        defer { close(target) }
        try PlainFile.copy(source, path, to: target, directory.path(of: name), progress: progress)
    }
}
