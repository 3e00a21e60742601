import Glibc

/// The number of files that this process may have open. Each connection is one, and strangers open connections.
///
/// The process must not reach the limit: the database, the log and event loops need descriptors, too. If tasks ever run on
/// libdispatch again (see `TaskThreads`), it opens a file of /proc for each of its threads once a second, and ends the process
/// if it cannot ("registered worker exited prematurely").
/// Source: https://github.com/swiftlang/swift-corelibs-libdispatch/blob/main/src/event/workqueue.c
struct OpenFiles: Equatable {
    let limit: Int

    /// Database, lock, fence, event loops, timers and signals need about 40, and so do the control socket's connections. The
    /// rest is for connections that are being closed.
    private static let own = 100
    /// With fewer connections, strangers could hold all of them.
    private static let fewestClients = 20
    /// More are never needed. With a hard limit of a million, a loop over all descriptors would take long.
    private static let most: rlim_t = 16_384

    /// Raises the soft limit as far as an ordinary process may. Shells set it low for programs that use select(2).
    static func raised() -> OpenFiles {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limits = rlimit()
        guard getrlimit(resource, &limits) == 0 else { return OpenFiles(limit: 1024) }
        let wanted = min(limits.rlim_max, most)
        if limits.rlim_cur < wanted {
            var raised = limits
            raised.rlim_cur = wanted
            if setrlimit(resource, &raised) == 0 { limits = raised }
        }
        return OpenFiles(limit: Int(min(limits.rlim_cur, most)))
    }

    /// Whether this process, or the whole machine, has no descriptor left.
    static var areExhausted: Bool {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor < 0 else {
            close(descriptor)
            return false
        }
        return [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno)
    }

    /// Returns the number of files left for the web server's connections.
    /// - Parameter concurrency: the most connections to the platform; uploads may have as many again.
    func forClients(concurrency: Int) throws -> Int {
        let taken = Self.own + 2 * concurrency
        guard limit >= taken + Self.fewestClients else {
            throw Failure(
                "dripd may open only \(limit) files, but needs \(taken + Self.fewestClients) with `concurrency: "
                    + "\(concurrency)`: raise LimitNOFILE= of the unit (`ulimit -Hn` in a shell), or lower concurrency"
            )
        }
        return limit - taken
    }
}
