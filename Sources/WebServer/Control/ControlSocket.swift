import DripStore
import Glibc
import Hummingbird
import SafeFiles
import ServiceLifecycle
import Synchronization

/// The path of the control socket, held for as long as this process serves it.
///
/// The server binds a draft name next to the path, and a rename then puts the socket in its place. So the path never has a
/// socket with the wrong permissions, a socket on which another daemon answers is never replaced, and only the process's own
/// socket is removed.
struct ControlSocket {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let path: String
    /// The path that the server binds.
    let draft: String
    private let lock: Int32
    private let group: gid_t?

    /// `sockaddr_un.sun_path` has 108 bytes, the last of them zero. Source: unix(7).
    private static let longest = 107

    /// - Parameter group: the group whose members may also use the socket.
    /// - Throws: `Failure`.
    init(path: String, group: String?) throws {
        self.path = path
        try Self.mustBeOwn(path)
        draft = (path.utf8.count < Self.longest ? path : String(path.dropLast())) + "~"
        self.group = try group.map(Self.identity(of:))
        lock = open(path + ".lock", O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard lock >= 0 else {
            throw Failure(description: "cannot listen on \(path): \(Self.reason(errno))")
        }
        do {
            guard flock(lock, LOCK_EX | LOCK_NB) == 0, try !Self.isAnswered(path) else {
                throw Failure(
                    description:
                        "another dripd answers at \(path): stop it first, or give this one a control_socket of its own"
                )
            }
        } catch {
            close(lock)
            throw error
        }
    }

    /// Refuses a directory in which another user can replace the socket: root sets the socket's permissions by its path, which
    /// could then lead elsewhere.
    private static func mustBeOwn(_ path: String) throws {
        guard geteuid() == 0, let (directory, _) = try? OpenDirectory.holding(path) else { return }
        guard directory.owner == 0, !directory.isWritableByOthers || directory.isSticky else {
            throw Failure(
                description:
                    "cannot listen on \(path): other users may write to \(directory.path), so root does not create a socket there"
            )
        }
    }

    /// Gives the socket at `draft` its permissions and moves it to `path`.
    func publish() throws {
        if let group, FileFacts(path: draft)?.group != group, chown(draft, .max, group) != 0 {
            throw Failure(
                description: """
                    cannot give \(path) to the group that control_group names: \(Self.reason(errno)); the daemon must run with \
                    that group: systemctl edit dripd, [Service], Group=NAME; without systemd, its user must be a member
                    """
            )
        }
        guard chmod(draft, group == nil ? 0o600 : 0o660) == 0, rename(draft, path) == 0 else {
            throw Failure(description: "cannot listen on \(path): \(Self.reason(errno))")
        }
    }

    /// Identifies the socket that is at `path` now, so that `end` removes no other.
    var identity: FileFacts? { FileFacts(path: path) }

    /// Removes the socket if it is still the process's own, and releases the lock. The lock file stays: otherwise two daemons
    /// could hold a lock each.
    func end(_ own: FileFacts?) {
        if let own, own.isSameFile(as: identity) { unlink(path) }
        close(lock)
    }

    /// Returns whether a process listens at the path.
    /// - Throws: `Failure` if the path is not a socket.
    private static func isAnswered(_ path: String) throws -> Bool {
        guard let facts = FileFacts(path: path) else { return false }
        guard facts.isSocket else {
            throw Failure(description: "\(path) is not a socket: remove it, or set another 'control_socket'")
        }
        let client = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard client >= 0 else { throw Failure(description: "cannot ask \(path): \(reason(errno))") }
        defer { close(client) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else { return false }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(client, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        // A full queue (EAGAIN), or one that this user may not use, also belongs to a process that listens.
        return result == 0 || (errno != ECONNREFUSED && errno != ENOENT)
    }

    private static func identity(of group: String) throws -> gid_t {
        if let number = gid_t(group) { return number }
        guard let entry = getgrnam(group) else {
            throw Failure(description: "control_group: there is no group '\(group)': groupadd -r \(group)")
        }
        return entry.pointee.gr_gid
    }

    private static func reason(_ code: Int32) -> String {
        String(cString: strerror(code))
    }
}

/// The control API on its socket.
struct ControlSocketService: Service {
    let path: String
    let group: String?
    /// - Parameters:
    ///   - socket: the path to bind.
    ///   - running: called once, when the socket is bound.
    let listening:
        @Sendable (_ socket: String, _ running: @escaping @Sendable () async throws -> Void) -> ListeningService<
            BasicRequestContext
        >
    /// Called once, when the server accepts requests.
    let bound: @Sendable () async -> Void

    func run() async throws {
        let socket = try ControlSocket(path: path, group: group)
        let own = Mutex<FileFacts?>(nil)
        defer { socket.end(own.withLock { $0 }) }
        try await listening(socket.draft) {
            try socket.publish()
            own.withLock { $0 = socket.identity }
            await bound()
        }.run()
    }
}
