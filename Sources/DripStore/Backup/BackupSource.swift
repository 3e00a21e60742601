package import ControlAPI
package import DripCore
import Glibc
import SafeFiles

/// A database file to restore, and the log beside it, opened before the process gives up its rights.
///
/// The bytes are copied, not the pages: SQLite opens only the copy, and no one else can put files beside that.
final class BackupSource {
    let path: String
    private let database: Int32
    /// -1 if there is no log.
    private let log: Int32

    /// - Throws: `StoreError`.
    init(_ path: String) throws {
        self.path = path
        do throws(FileFailure) {
            let (directory, name) = try OpenDirectory.holding(path, following: true)
            guard !directory.has(name + "-journal") else {
                throw FileFailure(
                    path,
                    "a program that was killed while it wrote left \(name)-journal beside it; run `sqlite3 \(path) .schema` as its "
                        + "owner to recover it"
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

    /// Refuses the state of another directory while a daemon works on it.
    private static func mustBeAtRest(_ directory: OpenDirectory) throws(FileFailure) {
        guard directory.has("dripd.lock") else { return }
        let lock = try directory.openFile("dripd.lock", O_RDONLY)
        defer { close(lock) }
        guard flock(lock, LOCK_SH | LOCK_NB) == 0 else {
            throw FileFailure(directory.path, "a dripd is using it; copy it with `dripd backup`")
        }
        flock(lock, LOCK_UN)
    }

    /// - Parameter progress: called with the share that is copied, from 0 to 1.
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

/// The contents of a backup.
package struct BackupReport: Codable, Hashable, Sendable {
    package var bytes: Int64
    /// The last time that it knows of; nil if an older dripd wrote it.
    package var at: Instant?
    package var sums: StoreStatus
}

package enum BackupError: Error, Hashable, Sendable, CustomStringConvertible {
    case exists(String)
    case underWay(String)
    case notAFileName(String)

    package var description: String {
        switch self {
        case .exists(let path): "\(path) exists already; --force replaces it once the new backup is complete"
        case .underWay(let path): "another backup is being written to \(path): wait until it has ended"
        case .notAFileName(let path):
            "'\(path)' is not the name of a backup: a backup is a file, and is not written to the standard output; for a file "
                + "of this name write ./\(path)"
        }
    }
}
