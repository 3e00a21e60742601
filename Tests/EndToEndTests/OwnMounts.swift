import ChildProcesses
import TestSupport
import Testing

/// Whether a test's daemon can have file systems that nobody else sees.
enum OwnMounts {
    /// Some systems let nobody but root have namespaces, and containers mostly nobody.
    static var arePermitted: ConditionTrait {
        .enabled("`unshare -Urm` and mounting a tmpfs in it are not permitted here") {
            let printed = try TemporaryDirectory()
            let attempt = try ChildProcess(
                "/usr/bin/unshare",
                ["-Urm", "/bin/mount", "-t", "tmpfs", "tmpfs", printed.path],
                output: "/dev/null",
                errors: "/dev/null"
            )
            return await attempt.exit == .status(0)
        }
    }
}
