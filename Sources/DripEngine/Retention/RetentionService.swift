package import DripStore
package import Logging
import ServiceLifecycle

/// Deletes expired data once an hour.
package final class RetentionService: Service {
    private let store: Store
    private let clock: any WallClock
    private let logger: Logger
    private let pause: @Sendable (Duration) async throws -> Void

    static let interval = Duration.seconds(3600)

    /// - Parameter pause: waits in real time, as `Task.sleep(for:)` does.
    package init(
        store: Store,
        clock: any WallClock,
        logger: Logger,
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.store = store
        self.clock = clock
        self.logger = logger
        self.pause = pause
    }

    package func run() async throws {
        // The next start repeats a deletion that the shutdown cuts off.
        await cancelWhenGracefulShutdown { await self.serve() }
    }

    private func serve() async {
        repeat {
            do {
                let report = try await store.deleteExpired(now: clock.now())
                for path in report.setAside {
                    logger.notice(
                        "a former database was deleted: 30 days have passed since the restore",
                        metadata: ["path": "\(path)"]
                    )
                }
                if report.events + report.unnamedAuthors > 0 {
                    logger.info(
                        "deleted expired data",
                        metadata: ["events": "\(report.events)", "unnamed_authors": "\(report.unnamedAuthors)"]
                    )
                }
            } catch {
                logger.error("\(error)")
            }
        } while (try? await pause(Self.interval)) != nil
    }
}
