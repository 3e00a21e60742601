import Channels
import DripCore
import Foundation
import GRDB
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import Systemd
import TestSupport
import Testing
import WebServer

@testable import DripEngine
@testable import DripStore
@testable import dripd

/// The watchdog's parts as the daemon has them, each frozen in its turn: systemd then hears nothing more, and the log names
/// the part; and hears again when it moves again.
@Suite(.timeLimit(.minutes(2))) struct FrozenPartTests {
    @Test func `a store whose writer stands still`() async throws {
        let state = try await TemporaryStore([])
        try await Watched(.store(state.store)).isMissed(whileFrozen: HeldWriter(state.store))
    }

    @Test func `a dispatcher whose loop waits for what never comes`() async throws {
        let state = try await TemporaryStore([])
        let (store, account) = (state.store, state.account)
        let clock = SystemClock(scale: 1, epoch: SystemClock.realNow())
        let dispatcher = DispatcherService(
            clock: clock,
            checked: CheckedClock(clock),
            logger: .silent,
            changed: {},
            make: {
                Dispatcher(
                    store: store,
                    channel: ScriptedChannel(),
                    limiters: LimiterTable([
                        Limiter(id: account, channel: .messenger, page: Event.testPage, perSecond: 10, rates: .tested)
                    ]),
                    limits: DispatchLimits(),
                    random: { 0.5 },
                    requestUpload: { _ in },
                    logger: .silent
                )
            }
        )
        let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [dispatcher], logger: .silent))
        async let run: Void = group.run()
        try await Watched(.dispatcher(dispatcher)).isMissed(whileFrozen: HeldWriter(state.store)) { dispatcher.wake() }
        await group.triggerGracefulShutdown()
        try await run
    }

    /// In a process of its own: its web server's threads are those of every other one in the process.
    @Test func `a web server whose threads stand still`() async {
        await #expect(processExitsWith: .success) {
            let state = try await TemporaryStore([])
            let server = PublicServer(
                intake: Intake(
                    store: state.store,
                    clock: ManualClock(.start),
                    eventTime: .platform,
                    appSecret: "",
                    logger: .silent,
                    wake: {},
                    onUnknownPerson: {},
                    onPolicyNotice: { _ in }
                ),
                verifyToken: { "" },
                readiness: SendReadiness([]),
                metrics: PrometheusFactory(),
                observe: { Observation(version: "", now: .start, limiters: [], filesAreRefused: false, state: nil) },
                logger: .silent
            )
            let (ports, bound) = AsyncStream.makeStream(of: Int.self)
            let service = server.service(host: "127.0.0.1", port: 0) { bound.yield($0) }
            let running = Task { try await service.run() }
            let port = await ports.first { _ in true } ?? 0
            let heartbeat = Heartbeat.webServer(
                hosts: ["127.0.0.1"],
                port: { port },
                transport: try CurlTransport(userAgent: "test"),
                isExpected: { true }
            )
            try await Watched(heartbeat).isMissed(whileFrozen: HeldEventLoops())
            running.cancel()
        }
    }

    @Test func `a web server that is not expected to be there is not missed`() async throws {
        let transport = try CurlTransport(userAgent: "test")
        for isExpected in [true, false] {
            let heartbeat = Heartbeat.webServer(
                hosts: ["127.0.0.1"],
                port: { 1 },
                transport: transport,
                isExpected: { isExpected }
            )
            let watched = Watched(heartbeat)
            let running = Task { await watched.watchdog.run() }
            await watched.clock.advance(to: .seconds(1))
            if isExpected {
                await watched.isReported()
                #expect(watched.messages.all == [])
            } else {
                await watched.messages.wait(for: "WATCHDOG=1")
            }
            running.cancel()
            await running.value
        }
        await transport.shutdown()
    }
}

/// A watchdog with one part, that beats when the test says so: every second.
private struct Watched {
    let messages = Recorder()
    private let log = Recorder()
    private let name: String
    let clock = SteppedClock()
    let watchdog: Watchdog<SteppedClock>

    init(_ heartbeat: Heartbeat) {
        name = heartbeat.name
        let logger = Logger(recordingInto: log)
        let notifier = ServiceNotifier(
            logger: logger,
            monotonicMicroseconds: { 0 },
            send: { [messages] message in
                messages.record(message)
                return 1
            }
        )
        watchdog = Watchdog(
            period: .seconds(4),
            heartbeats: [heartbeat],
            notifier: notifier,
            clock: clock,
            logger: logger
        )
    }

    /// - Parameter touch: called once the part is frozen.
    func isMissed(whileFrozen freezer: some Freezer, touch: () -> Void = {}) async throws {
        let running = Task { await watchdog.run() }
        await clock.advance(to: .seconds(1))
        await messages.wait(for: "WATCHDOG=1")
        await freezer.freeze()
        touch()
        for beat in 2...5 { await clock.advance(to: .seconds(beat)) }
        await isReported()
        #expect(messages.all == ["WATCHDOG=1"])
        freezer.thaw()
        _ = await log.lines.first { $0.hasPrefix("notice the part of the service that did not answer is back") }
        await messages.wait(for: "WATCHDOG=1")
        running.cancel()
        await running.value
    }

    /// Returns when the log has named the part.
    func isReported() async {
        _ = await log.lines.first { [name] line in
            line.hasPrefix("error a part of the service does not answer") && line.contains("part=\(name)")
        }
    }
}

private protocol Freezer: Sendable {
    /// Returns when it is frozen.
    func freeze() async
    func thaw()
}

/// Holds the writer's own thread.
private final class HeldWriter: Freezer {
    private let store: Store
    private let gate = DispatchSemaphore(value: 0)

    init(_ store: Store) {
        self.store = store
    }

    func freeze() async {
        let (held, isHeld) = AsyncStream.makeStream(of: Void.self)
        store.pool.asyncWriteWithoutTransaction { [gate] _ in
            isHeld.finish()
            gate.wait()
        }
        for await _ in held {}
    }

    func thaw() {
        gate.signal()
    }
}

/// Holds every thread that serves connections.
private final class HeldEventLoops: Freezer {
    private let gate = DispatchSemaphore(value: 0)
    private let count = Mutex(0)

    func freeze() async {
        let (held, isHeld) = AsyncStream.makeStream(of: Void.self)
        var loops = 0
        for loop in MultiThreadedEventLoopGroup.singleton.makeIterator() {
            loops += 1
            loop.execute { [gate] in
                isHeld.yield()
                gate.wait()
            }
        }
        count.withLock { $0 = loops }
        for await _ in held {
            loops -= 1
            if loops == 0 { return }
        }
    }

    func thaw() {
        for _ in 0..<count.withLock({ $0 }) { gate.signal() }
    }
}
