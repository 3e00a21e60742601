import Logging
import ServiceLifecycle
import ServiceLifecycleTestKit
import Synchronization
import Systemd
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct WatchdogTests {
    let messages = Recorder()
    let log = Recorder()

    /// Beats every 5 ms, so that the tests need not wait for long.
    func watchdog(period: Duration? = .milliseconds(20), _ heartbeats: [Heartbeat]) -> Watchdog<ContinuousClock> {
        watchdog(period: period, heartbeats, clock: ContinuousClock())
    }

    func watchdog<Time>(period: Duration?, _ heartbeats: [Heartbeat], clock: Time) -> Watchdog<Time> {
        let logger = Logger(recordingInto: log)
        let notifier = ServiceNotifier(
            logger: logger,
            monotonicMicroseconds: { 0 },
            send: { [messages] message in
                messages.record(message)
                return 1
            }
        )
        return Watchdog(
            period: period,
            heartbeats: heartbeats,
            notifier: notifier,
            clock: clock,
            logger: logger
        )
    }

    @Test func `parts that answer keep the service alive, beat after beat`() async {
        await testGracefulShutdown { trigger in
            let clock = SteppedClock()
            let watchdog = watchdog(
                period: .seconds(4),
                [Heartbeat(name: "dispatcher", limit: .seconds(1)) {}],
                clock: clock
            )
            async let running: Void = watchdog.run()
            await clock.advance(to: .seconds(1))
            await messages.wait(for: "WATCHDOG=1")
            await clock.advance(to: .seconds(2))
            await messages.wait(for: "WATCHDOG=1")
            trigger.triggerGracefulShutdown()
            await running
        }
        #expect(log.all == [])
    }

    @Test func `one part that hangs is named, no keep-alive is sent, and the shutdown does not wait for it`() async {
        // Never resumed while the test runs: not even the cancellation ends this probe.
        let (forever, release) = AsyncStream.makeStream(of: Void.self)
        await testGracefulShutdown { trigger in
            let watchdog = watchdog([
                Heartbeat(name: "dispatcher", limit: .milliseconds(1)) {
                    await Task { for await _ in forever {} }.value
                },
                Heartbeat(name: "web server", limit: .seconds(1)) {},
            ])
            async let running: Void = watchdog.run()
            await log.wait(
                for: """
                    error a part of the service does not answer: systemd will restart the service unless it recovers \
                    part=dispatcher
                    """
            )
            trigger.triggerGracefulShutdown()
            await running
        }
        release.finish()
        #expect(messages.all == [])
    }

    @Test func `a part that comes back feeds the watchdog again`() async throws {
        let failures = Mutex(2)
        struct Busy: Error, CustomStringConvertible {
            let description = "database is locked"
        }
        await testGracefulShutdown { trigger in
            let watchdog = watchdog([
                Heartbeat(name: "writer", limit: .seconds(1)) {
                    let fails = failures.withLock { left in
                        left -= 1
                        return left >= 0
                    }
                    if fails { throw Busy() }
                }
            ])
            async let running: Void = watchdog.run()
            await messages.wait(for: "WATCHDOG=1")
            trigger.triggerGracefulShutdown()
            await running
        }
        let lines = log.all
        #expect(lines.count == 2)
        #expect(
            lines.first == """
                error a part of the service does not answer: systemd will restart the service unless it recovers \
                part=writer reason=database is locked
                """
        )
        let recovered = "notice the part of the service that did not answer is back after="
        #expect(try #require(lines.last).hasPrefix(recovered))
    }

    @Test func `a part that fails with an error without words`() async {
        struct ConnectionPoolExhausted: Error {}
        await testGracefulShutdown { trigger in
            let watchdog = watchdog([
                Heartbeat(name: "store", limit: .seconds(1)) { throw ConnectionPoolExhausted() }
            ])
            async let running: Void = watchdog.run()
            await log.wait(
                for: """
                    error a part of the service does not answer: systemd will restart the service unless it recovers \
                    part=store reason=connection pool exhausted
                    """
            )
            trigger.triggerGracefulShutdown()
            await running
        }
    }

    @Test func `where systemd does not watch, nothing is sent and the service waits for the shutdown`() async {
        await testGracefulShutdown { trigger in
            let watchdog = watchdog(period: nil, [Heartbeat(name: "dispatcher", limit: .seconds(1)) {}])
            trigger.triggerGracefulShutdown()
            await watchdog.run()
        }
        #expect(messages.all == [])
    }

    @Test func `a cancelled watchdog ends`() async {
        let watchdog = watchdog([Heartbeat(name: "dispatcher", limit: .seconds(1)) {}])
        let running = Task { await watchdog.run() }
        await messages.wait(for: "WATCHDOG=1")
        running.cancel()
        await running.value
    }
}
