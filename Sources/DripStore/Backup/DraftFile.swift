import Foundation
import Glibc

/// The file beside a backup into which it is written until it is whole, locked against another backup into the same file.
///
/// The kernel takes the lock back when the process ends, however it ends: a draft without a lock is left over and is removed.
struct DraftFile {
    static let suffix = ".part"

    let path: String
    private let descriptor: Int32

    /// - Throws: `BackupError.underWay`, `StoreError`.
    init(for backup: String) throws {
        path = backup + Self.suffix
        while true {
            let created = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
            if created >= 0 {
                // Between these two calls another process may have taken it for left over.
                guard flock(created, LOCK_EX | LOCK_NB) == 0, Self.isFile(created, path) else {
                    close(created)
                    throw BackupError.underWay(backup)
                }
                descriptor = created
                return
            }
            guard errno == EEXIST else { throw StoreFile.failure(path, "make") }
            guard try Self.removeLeftover(path) else { throw BackupError.underWay(backup) }
        }
    }

    /// Ends the lock; where the draft did not become the backup, removes it.
    func end() {
        if Self.isFile(descriptor, path) { Self.remove(path) }
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Removes a draft that no process writes any more.
    /// - Returns: false: one does.
    @discardableResult
    static func removeLeftover(_ path: String) throws -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return true }
            throw StoreFile.failure(path, "remove")
        }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
        if isFile(descriptor, path) { remove(path) }
        return true
    }

    private static func remove(_ path: String) {
        unlink(path)
        unlink(path + "-journal")
    }

    /// Whether the path still names the file that is open.
    private static func isFile(_ descriptor: Int32, _ path: String) -> Bool {
        FileFacts(descriptor: descriptor)?.isSameFile(as: FileFacts(path: path)) ?? false
    }
}
