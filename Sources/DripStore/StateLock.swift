import Foundation
import Glibc
import SafeFiles
import Synchronization

/// Keeps a second daemon off the same state: an advisory lock on a file beside the database, which the kernel takes back
/// when the process ends, however it ends.
final class StateLock: Sendable {
    /// -1 once it is given back.
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
            // A hard link is another user's trap only where another user may make one.
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
        // For people who look, and for the message above: the lock itself is the kernel's.
        let owner = "\(getpid())\n"
        ftruncate(descriptor, 0)
        _ = owner.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    }

    private static func isOwn(_ directory: String) -> Bool {
        var facts = stat()
        return stat(directory, &facts) == 0 && facts.st_uid == geteuid() && facts.st_mode & (S_IWGRP | S_IWOTH) == 0
    }

    /// Gives the lock back, once.
    func release() {
        let held = descriptor.exchange(-1, ordering: .relaxed)
        guard held >= 0 else { return }
        // Closing is not enough: a child that is about to become another program holds the same lock for a moment.
        flock(held, LOCK_UN)
        close(held)
    }

    deinit {
        release()
    }
}
