import DripCore
import DripStore
package import Logging
import ServiceLifecycle
import Synchronization

/// Turns the dispatcher's loop: sleeps until the next due time, an outcome or new work; ends when everything that was on
/// its way at the shutdown has come back.
package final class DispatcherService: Service {
    private let make: @Sendable () -> Dispatcher
    private let clock: SystemClock
    private let checked: CheckedClock
    private let logger: Logger
    private let changed: @Sendable () -> Void
    private let mailbox = Mutex<Mailbox?>(nil)

    /// How long the loop waits, in real time, before it tries a disk again that took nothing.
    private static let outage = Span.seconds(5)

    /// How long it waits before it looks again at a clock that is wrong, if nothing wakes it before.
    private static let wrongClock = Span.minutes(1)

    /// - Parameters:
    ///   - clock: wakes the loop.
    ///   - checked: tells the time, and whether it may be sent by.
    ///   - make: makes the dispatcher, which lives in this service's task alone.
    ///   - changed: called when something was sent or decided; must not block.
    package init(
        clock: SystemClock,
        checked: CheckedClock,
        logger: Logger,
        changed: @escaping @Sendable () -> Void,
        make: @escaping @Sendable () -> Dispatcher
    ) {
        self.clock = clock
        self.checked = checked
        self.logger = logger
        self.changed = changed
        self.make = make
    }

    /// There may be new or earlier work.
    package func wake() {
        mailbox.withLock { $0 }?.wake()
    }

    /// Returns when the loop has come round once more: what the watchdog asks.
    package func ping() async {
        await mailbox.withLock { $0 }?.ping()
    }

    package func run() async throws {
        let dispatcher = make()
        let mailbox = dispatcher.mailbox
        self.mailbox.withLock { $0 = mailbox }
        defer { mailbox.close() }
        let alarm = try Alarm(clock: clock) { mailbox.ring() }
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                mailbox.wake()
                try await loop(dispatcher, alarm)
            } onGracefulShutdown: {
                mailbox.stop()
            }
        } onCancel: {
            mailbox.stop()
        }
    }

    private func loop(_ dispatcher: Dispatcher, _ alarm: Alarm) async throws {
        while true {
            let news = await dispatcher.mailbox.next()
            for ping in news.pings { ping.resume() }
            do {
                if news.isWoken { dispatcher.forgetJobs() }
                if news.isStopping {
                    try await dispatcher.settle(news.outcomes, now: checked.now())
                    if dispatcher.isIdle || Task.isCancelled { return }
                } else if news.isWork, checked.trouble != nil {
                    // What was sent is recorded. Nothing is decided by a clock that is wrong.
                    try await dispatcher.settle(news.outcomes, now: checked.now())
                    dispatcher.forgetJobs()
                    alarm.set(clock.now() + Self.wrongClock)
                } else if news.isWork {
                    alarm.set(try await dispatcher.turn(news.outcomes, now: checked.now()))
                }
            } catch let error as StoreError where error.mayPass {
                logger.error(
                    "\(ErrorText.words(error)); nothing is sent until it works again",
                    metadata: CatalogedMessage.stateUnavailable.metadata
                )
                alarm.set(clock.now() + Span(milliseconds: Self.outage.milliseconds * clock.scale))
            }
            if news.isWork { changed() }
        }
    }
}
