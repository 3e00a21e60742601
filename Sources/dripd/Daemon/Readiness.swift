import Logging
import Synchronization

/// Knows when every part that has to bind has bound, says so once, and knows when they are about to end.
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

    /// From now on nothing is ready any more.
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
