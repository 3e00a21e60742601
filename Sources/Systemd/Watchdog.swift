import DripCore
package import Logging
import ServiceLifecycle

/// Feeds systemd's watchdog (`WatchdogSec=`) only while every part of the service makes progress, so that a stuck one
/// leads to a restart.
///
/// systemd keeps watching while a service stops, so the service group must end this service last.
package struct Watchdog<Time: Clock>: Service, CustomStringConvertible
where Time.Duration == Duration {
    /// systemd asks for at least two. With four, one failed probe or a slow moment does not cause a restart.
    private static var beatsPerPeriod: Int { 4 }

    private let period: Duration?
    private let heartbeats: [Heartbeat]
    private let notifier: ServiceNotifier
    private let clock: Time
    private let logger: Logger

    /// - Parameters:
    ///   - period: the longest silence that systemd tolerates, from ``WatchdogPeriod/system()``; nil if it does not watch.
    ///   - clock: systemd uses CLOCK_MONOTONIC, which is Swift's `SuspendingClock`.
    package init(
        period: Duration?,
        heartbeats: [Heartbeat],
        notifier: ServiceNotifier,
        clock: Time,
        logger: Logger
    ) {
        self.period = period
        self.heartbeats = heartbeats
        self.notifier = notifier
        self.clock = clock
        self.logger = logger
    }

    /// The name in the service group's log.
    package var description: String { "watchdog" }

    package func run() async {
        let (events, inbox) = AsyncStream.makeStream(of: WatchdogState.Input.self)
        await withTaskCancellationOrGracefulShutdownHandler {
            guard let period else {
                for await _ in events {}
                return
            }
            logger.debug("the watchdog is on", metadata: ["period": "\(period)", "parts": "\(heartbeats.count)"])
            await beat(every: period / Self.beatsPerPeriod, events: events, inbox: inbox)
        } onCancelOrGracefulShutdown: {
            inbox.finish()
        }
    }

    private func beat(
        every beat: Duration,
        events: AsyncStream<WatchdogState.Input>,
        inbox: AsyncStream<WatchdogState.Input>.Continuation
    ) async {
        let parts = heartbeats.map { WatchdogState.Part(name: $0.name, limit: $0.limit) }
        var state = WatchdogState(beat: beat, parts: parts)
        // The first probes wait one beat: a web server that is about to listen is not stuck, and systemd waits a whole period.
        let start = clock.now.advanced(by: beat)
        var timer = wake(at: start, inbox: inbox)
        var probes = [Int: Task<Void, Never>]()
        for await input in events {
            for action in state.handle(input, now: start.duration(to: clock.now)) {
                if case .probe(let index) = action {
                    probes[index] = probe(index, inbox: inbox)
                } else {
                    perform(action)
                }
            }
            timer.cancel()
            timer = wake(at: start.advanced(by: state.nextWake), inbox: inbox)
        }
        timer.cancel()
        for probe in probes.values { probe.cancel() }
    }

    private func wake(
        at deadline: Time.Instant,
        inbox: AsyncStream<WatchdogState.Input>.Continuation
    ) -> Task<Void, Never> {
        Task { [clock] in
            // The only error is cancellation, when the next timer replaces this one.
            guard (try? await clock.sleep(until: deadline, tolerance: nil)) != nil else { return }
            inbox.yield(.wake)
        }
    }

    /// Probes in a task that is no child task: a probe that hangs must not keep the service from ending.
    private func probe(_ index: Int, inbox: AsyncStream<WatchdogState.Input>.Continuation) -> Task<Void, Never> {
        Task { [probe = heartbeats[index].probe] in
            do {
                try await probe()
                inbox.yield(.answered(index))
            } catch {
                inbox.yield(.failed(index, reason: ErrorDescription.words(error)))
            }
        }
    }

    private func perform(_ action: WatchdogState.Action) {
        switch action {
        case .probe:
            break
        case .keepAlive:
            notifier.watchdog()
        case .reportStuck(let name, let reason):
            var metadata: Logger.Metadata = ["part": "\(name)"]
            metadata["reason"] = reason.map { "\($0)" }
            logger.error(
                "a part of the service does not answer: systemd will restart the service unless it recovers",
                metadata: metadata
            )
        case .reportRecovered(let name, let time):
            logger.notice(
                "the part of the service that did not answer is back",
                metadata: ["part": "\(name)", "after": "\(time)"]
            )
        }
    }
}

/// A part of the service whose progress the watchdog checks.
package struct Heartbeat: Sendable {
    /// The name that operators see, such as "dispatcher".
    package let name: String

    /// The time after which a part that has not answered is reported as stuck. The watchdog's beat is the upper bound, so that
    /// the report comes before systemd ends the process.
    package let limit: Duration

    /// Returns when the part has done real work: one pass of its loop, one statement, one request. An error counts as no answer
    /// and is part of the report. The next probe starts only after this one has returned.
    let probe: @Sendable () async throws -> Void

    package init(name: String, limit: Duration, probe: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.limit = limit
        self.probe = probe
    }
}
