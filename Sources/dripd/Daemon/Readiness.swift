import Foundation
import Logging
import SequenceFiles
import Synchronization

/// Whether the daemon is ready: all servers have bound, and shutdown has not begun. It announces readiness once.
final class Readiness: Sendable {
    private let missing: Mutex<Int>
    private let announce: @Sendable () async -> Void
    private let logger: Logger

    init(parts: Int, logger: Logger, announce: @escaping @Sendable () async -> Void) {
        missing = Mutex(parts)
        self.logger = logger
        self.announce = announce
    }

    var isReady: Bool {
        missing.withLock { $0 == 0 }
    }

    /// Marks the daemon as no longer ready.
    func end() {
        missing.withLock { $0 = .max }
    }

    func partIsReady() async {
        let isLast = missing.withLock { missing in
            missing -= 1
            return missing == 0
        }
        guard isLast else { return }
        logger.notice("ready")
        await announce()
    }
}

/// The differences between the configuration file now and the configuration of this process.
struct ConfigurationChanges {
    let path: String
    let running: Configuration

    /// Returns a line for each change that needs a restart and each error that would make it fail; empty if the file is in
    /// force.
    func pending() -> [String] {
        do {
            let now = try Configuration.load(path: path, environment: ProcessInfo.processInfo.environment)
            if now == running { return [] }
            return ["\(path) has changed, and only a restart puts it in force: systemctl restart dripd"]
        } catch {
            return error.diagnostics.filter { $0.severity == .error }.map(\.description)
                + ["\(path): a restart would refuse it; fix it, then systemctl restart dripd"]
        }
    }
}
