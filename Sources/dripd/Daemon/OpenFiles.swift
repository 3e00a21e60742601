import Glibc

/// How many files this process may have open. Each connection is one, and strangers open connections.
struct OpenFiles: Equatable {
    let limit: Int

    /// Database, lock, fence, event loops, timers, signals and control socket are some forty; the rest is for a second of
    /// connections that are being closed.
    private static let own = 100
    /// Nobody needs more; where the hard limit is a million, whoever looks through all descriptors would take long.
    private static let most: rlim_t = 16_384

    /// As many as it may have without asking anybody: a shell's soft limit is for programs that use select(2).
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

    /// What is left for the web server's connections: never nothing.
    /// - Parameter concurrency: connections to the platform at once, of which uploads have as many again.
    func forClients(concurrency: Int) -> Int {
        max(limit - Self.own - 2 * concurrency, limit / 4)
    }
}
