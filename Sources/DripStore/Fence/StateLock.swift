import CSQLite
import Foundation
import Glibc
import SafeFiles
import Synchronization

/// Keeps a second daemon off the same state: an advisory lock on a file beside the database. The kernel releases it
/// when the process ends, however it ends.
final class StateLock: Sendable {
    /// -1 once the lock is released.
    private let descriptor: Atomic<Int32>

    init(directory: String) throws {
        let path = directory + "/dripd.lock"
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
        guard descriptor >= 0 else {
            if errno == EACCES {
                throw StoreError.cannotOpen(
                    path: path,
                    why: "permission denied; run as root or as the daemon's user"
                )
            }
            if errno == ELOOP {
                throw StoreError.cannotOpen(path: path, why: "it is a symbolic link, which is not followed; remove it")
            }
            if errno == EISDIR { throw StoreError.cannotOpen(path: path, why: "it is a directory; remove it") }
            throw StoreError.unavailable(path: path, why: String(cString: strerror(errno)))
        }
        do throws(FileFailure) {
            // Another user can set a trap with a hard link only in a directory where they may create one.
            try PlainFile.check(descriptor, path, allowsLinks: Self.isOwn(directory))
        } catch {
            close(descriptor)
            throw StoreError(error)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            var text = [UInt8](repeating: 0, count: 32)
            let count = pread(descriptor, &text, text.count, 0)
            let owner = String(decoding: text.prefix(max(count, 0)), as: UTF8.self)
            close(descriptor)
            throw StoreError.inUse(
                directory: directory,
                process: owner.trimmingCharacters(in: .whitespacesAndNewlines)
            )
        }
        self.descriptor = Atomic(descriptor)
        // For operators, and for the message above. The lock itself is in the kernel.
        let owner = "\(getpid())\n"
        ftruncate(descriptor, 0)
        _ = owner.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    }

    private static func isOwn(_ directory: String) -> Bool {
        var facts = stat()
        return stat(directory, &facts) == 0 && facts.st_uid == geteuid() && facts.st_mode & (S_IWGRP | S_IWOTH) == 0
    }

    /// Releases the lock. Has no effect the second time.
    func release() {
        let held = descriptor.exchange(-1, ordering: .relaxed)
        guard held >= 0 else { return }
        // Closing is not enough: a child process that has not called exec yet shares the lock for a moment.
        flock(held, LOCK_UN)
        close(held)
    }

    deinit {
        release()
    }
}

/// A state directory, as used by commands that are not the daemon: `backup`, `restore`, `plan --state`.
///
/// Root works in it with the rights of the directory's owner, because the service's user may put anything there.
package final class StateDirectory: Sendable {
    /// The path as the user gave it.
    package let path: String
    let directory: OpenDirectory
    private let rights: OwnerRights?

    /// - Parameter making: whether to create it if it is missing, for its owner alone.
    /// - Throws: `StoreError`.
    package init(_ path: String, making: Bool = false) throws {
        self.path = path
        do {
            directory = try making ? OpenDirectory(making: path) : OpenDirectory(path)
        } catch {
            throw StoreError(error)
        }
        guard geteuid() != 0 || directory.owner != 0 || !directory.isWritableByOthers else {
            throw StoreError.cannotOpen(
                path: path,
                why: "other users may write to root's directory; chmod go-w \(path)"
            )
        }
        rights = OwnerRights(of: directory)
        if rights != nil, dripd_sqlite_take_names_as_given() != 0 {
            throw StoreError.cannotOpen(path: path, why: "cannot make SQLite open files by their given names")
        }
    }

    /// Opens a directory to read its database. If the directory is missing, the error names the database.
    convenience init(reading path: String) throws {
        do {
            try self.init(path)
        } catch StoreError.cannotOpen(path, let why) {
            throw StoreError.cannotOpen(path: path + "/dripd.db", why: why)
        }
    }

    /// Whether its files are opened with other rights than the process has.
    var isForeign: Bool { rights != nil }

    /// The path that `perform` uses to open its files. The owner may lack access to directories above it: systemd keeps
    /// the services' directories in /var/lib/private, which only root may enter.
    var location: String { rights == nil ? path : directory.location }

    /// Checks the database's files. Call it before SQLite opens them: SQLite waits forever for the other end of a pipe,
    /// and follows links of any kind.
    /// - Throws: `FileFailure`.
    func checkDatabaseFiles() throws(FileFailure) {
        // Checks without opening: closing a file would release the locks that SQLite has on it.
        for suffix in ["", "-journal", "-wal", "-shm"] { try directory.check("dripd.db" + suffix) }
    }

    /// Keeps only the owner's rights from here on.
    func takeRightsForGood() throws {
        try rights?.takeForGood()
    }

    /// Runs work in the directory, with the owner's rights.
    func perform<T>(_ body: () throws -> T) throws -> T {
        guard let rights else { return try naming(body) }
        return try rights.perform { try naming(body) }
    }

    /// Replaces the directory's location in errors by the path that the user gave.
    func naming<T>(_ body: () throws -> T) throws -> T {
        do {
            return try body()
        } catch let error as StoreError {
            throw rights == nil ? error : error.replacing(location, with: path)
        } catch let error as FileFailure {
            throw rights == nil ? StoreError(error) : StoreError(error).replacing(location, with: path)
        }
    }
}

/// The identity and kind of a file, by its path or its descriptor.
package struct FileFacts: Hashable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let mode: mode_t
    package let group: UInt32

    package var isSocket: Bool { mode & S_IFMT == S_IFSOCK }

    /// nil if there is no such file. Does not follow a link.
    package init?(path: String) {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { return nil }
        self.init(facts)
    }

    package init?(descriptor: Int32) {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { return nil }
        self.init(facts)
    }

    private init(_ facts: stat) {
        (device, inode, mode, group) = (UInt64(facts.st_dev), UInt64(facts.st_ino), facts.st_mode, facts.st_gid)
    }

    package func isSameFile(as other: FileFacts?) -> Bool {
        device == other?.device && inode == other?.inode
    }
}
