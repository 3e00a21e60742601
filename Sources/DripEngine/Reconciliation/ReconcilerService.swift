import DripCore
import DripStore
package import Logging
import ServiceLifecycle

/// Runs the reconciler's loop, which sleeps until the next conversation is due.
package final class ReconcilerService: Service {
    private let clock: SystemClock
    private let checked: CheckedClock
    private let logger: Logger
    private let make: @Sendable () -> Reconciler
    private let rings: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation

    /// - Parameter make: makes the reconciler, which lives in this service's task alone.
    package init(clock: SystemClock, checked: CheckedClock, logger: Logger, make: @escaping @Sendable () -> Reconciler)
    {
        self.clock = clock
        self.checked = checked
        self.logger = logger
        self.make = make
        (rings, ring) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func run() async throws {
        let alarm = try Alarm(clock: clock) { [ring] in ring.yield() }
        ring.yield()
        await withGracefulShutdownHandler {
            // A question under way is dropped: the next start asks it again.
            await cancelWhenGracefulShutdown { await self.serve(alarm) }
        } onGracefulShutdown: {
            self.ring.finish()
        }
    }

    private func serve(_ alarm: Alarm) async {
        let reconciler = make()
        var outages = 0
        for await _ in rings {
            do {
                alarm.set(try await reconciler.look(now: checked.now))
                outages = 0
            } catch {
                if error is StoreError { logger.error(because: error) }
                outages += 1
                // The wait is in real time.
                alarm.set(clock.now() + Milliseconds(Backoff.look(after: outages).milliseconds * clock.scale))
            }
        }
    }
}
