import Foundation
import Glibc
import SafeFiles

/// The file beside a backup into which it is written until it is whole, locked against another backup into the same file.
///
/// The kernel takes the lock back when the process ends, however it ends: a draft without a lock is left over and is removed.
struct DraftFile {
    static let suffix = ".part"

    let directory: OpenDirectory
    let name: String
    /// For reading and writing.
    let descriptor: Int32

    /// - Parameter backup: the name in the directory.
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
            // Between these two calls another process may have taken it for left over.
            guard flock(created, LOCK_EX | LOCK_NB) == 0, directory.has(name, as: created) else {
                close(created)
                throw BackupError.underWay(directory.path(of: backup))
            }
            descriptor = created
            return
        }
    }

    /// Ends the lock; where the draft did not become the backup, removes it.
    func end() {
        if directory.has(name, as: descriptor) { Self.remove(name, in: directory) }
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Removes a draft that no process writes any more.
    /// - Returns: false: one does.
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
