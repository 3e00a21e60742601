import Glibc

/// A Unix socket that is there, held by a descriptor: what connects to `location` reaches this one, whatever its path names
/// meanwhile.
package final class TrustedSocket: Sendable {
    private let descriptor: Int32

    /// - Throws: `FileFailure`, also for what is no socket.
    package init(_ path: String) throws(FileFailure) {
        descriptor = try TrustedPath.open(path, OpenDirectory.unread)
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw FileFailure(path) }
        guard facts.st_mode & S_IFMT == S_IFSOCK else { throw FileFailure(path, "is not a socket") }
    }

    deinit {
        close(descriptor)
    }

    package var location: String { "/proc/self/fd/\(descriptor)" }
}
