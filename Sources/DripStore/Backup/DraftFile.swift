import DripCore
import Foundation
import Glibc
import SafeFiles

/// The file into which a backup is written until it is complete. It is locked against another backup to the same file.
///
/// The kernel releases the lock when the process ends, however it ends. A draft without a lock is a leftover and is
/// removed.
struct DraftFile {
    static let suffix = ".part"

    let directory: OpenDirectory
    let name: String
    /// Open for reading and writing.
    let descriptor: Int32

    /// - Parameter backup: the name of the backup in the directory.
    /// - Throws: `BackupError.underWay`, `StoreError`.
    init(in directory: OpenDirectory, for backup: String) throws {
        self.directory = directory
        name = backup + Self.suffix
        while true {
            let created: Int32
            do throws(FileFailure) {
                created = try directory.makeFile(name)
            } catch {
                guard error.code == EEXIST else { throw StoreError(error) }
                guard try Self.removeLeftover(name, in: directory) else {
                    throw BackupError.underWay(directory.path(of: backup))
                }
                continue
            }
            // Between these two calls another process may have removed it as a leftover.
            guard flock(created, LOCK_EX | LOCK_NB) == 0, directory.has(name, as: created) else {
                close(created)
                throw BackupError.underWay(directory.path(of: backup))
            }
            descriptor = created
            return
        }
    }

    /// Releases the lock. Removes the draft if it did not become the backup.
    func end() {
        if directory.has(name, as: descriptor) { Self.remove(name, in: directory) }
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Removes a draft that no process is writing any more.
    /// - Returns: false if a process is still writing it.
    @discardableResult
    static func removeLeftover(_ name: String, in directory: OpenDirectory) throws -> Bool {
        let descriptor: Int32
        do throws(FileFailure) {
            descriptor = try directory.open(name, O_RDWR)
        } catch {
            if error.code == ENOENT { return true }
            throw StoreError(error)
        }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
        if directory.has(name, as: descriptor) { remove(name, in: directory) }
        return true
    }

    private static func remove(_ name: String, in directory: OpenDirectory) {
        for suffix in ["", "-journal", "-wal", "-shm"] { try? directory.remove(name + suffix) }
    }
}

/// Helpers for files that must be private to their owner and on the disk.
enum StoreFile {
    static func createDirectory(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw StoreError.cannotOpen(path: path, why: ErrorDescription.words(error))
        }
    }

    static func size(_ path: String) throws -> Int64 {
        var facts = stat()
        guard stat(path, &facts) == 0 else { throw failure(path, "read") }
        return Int64(facts.st_size)
    }

    /// - Throws: `StoreError` if the directory's file system has less free space: a full disk harms other programs, too.
    static func mustHaveSpace(for bytes: Int64, in directory: String) throws {
        var facts = statvfs()
        guard statvfs(directory, &facts) == 0 else { throw failure(directory, "check the space of") }
        let free = Int64(clamping: UInt64(facts.f_bavail) * UInt64(facts.f_frsize))
        guard free < bytes else { return }
        throw StoreError.cannotOpen(
            path: directory + "/dripd.db",
            why: "this version has to copy and migrate it, and the copy needs \(bytes / 1_000_000 + 1) MB: only "
                + "\(free / 1_000_000) MB are free; make room, or install the former version"
        )
    }

    static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, "open") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(path, "write") }
    }

    /// Flushes the directory: a new name is on the disk only when its directory is.
    static func syncDirectory(of path: String) throws {
        guard let slash = path.lastIndex(of: "/") else { return try sync(".") }
        try sync(slash == path.startIndex ? "/" : String(path[..<slash]))
    }

    /// - Throws: `StoreError` that says whether it is missing or this user may not read it.
    static func mustBeReadable(_ path: String) throws {
        guard access(path, R_OK) != 0 else { return }
        let why =
            errno == EACCES
            ? "permission denied; run as root or as its owner" : String(cString: strerror(errno)).lowercased()
        throw StoreError.cannotOpen(path: path, why: why)
    }

    /// Returns the error of the last system call.
    static func failure(_ path: String, _ act: String) -> StoreError {
        .cannotOpen(path: path, why: "cannot \(act) it: \(String(cString: strerror(errno)))")
    }
}
