import DripCore
import DripStore
package import Logging
import ServiceLifecycle
import Synchronization

/// Runs the dispatcher's loop, which sleeps until the next due time, an outcome or new work. At a shutdown it ends when every
/// request under way has its outcome.
package final class DispatcherService: Service {
    private let make: @Sendable () -> Dispatcher
    private let clock: SystemClock
    private let checked: CheckedClock
    private let logger: Logger
    private let changed: @Sendable () -> Void
    private let mailbox = Mutex<Mailbox?>(nil)

    /// The wait, in real time, before the loop retries after a failed write.
    private static let outage = Milliseconds.seconds(5)

    /// The wait before the loop checks a wrong clock again, if nothing wakes it earlier.
    private static let wrongClock = Milliseconds.minutes(1)

    /// - Parameters:
    ///   - clock: wakes the loop.
    ///   - checked: tells the time, and whether it is safe to send by it.
    ///   - make: creates the dispatcher, which lives in this service's task alone.
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

    /// Wakes the loop: there may be new or earlier work.
    package func wake() {
        mailbox.withLock { $0 }?.wake()
    }

    /// Returns after the loop's next pass. The watchdog calls this.
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
                    // Outcomes are recorded, but a wrong clock decides nothing.
                    try await dispatcher.settle(news.outcomes, now: checked.now())
                    dispatcher.forgetJobs()
                    alarm.set(clock.now() + Self.wrongClock)
                } else if news.isWork {
                    alarm.set(try await dispatcher.recordAndClaim(news.outcomes, now: checked.now()))
                }
            } catch let error as StoreError where error.mayPass {
                logger.error(
                    "\(ErrorDescription.words(error)); nothing is sent until it works again",
                    metadata: CatalogedMessage.stateUnavailable.metadata
                )
                alarm.set(clock.now() + Milliseconds(Self.outage.milliseconds * clock.scale))
            }
            if news.isWork { changed() }
        }
    }
}

/// The limits of a dispatcher's concurrent work.
package struct DispatchLimits: Sendable {
    /// Requests under way, across all accounts.
    package var concurrency = 64
    /// Jobs that one transaction claims, or outcomes that one records.
    package var batch = 256
    /// Jobs that an account with a backlog may claim per pass. They are neighbours in the index on due times, in which each
    /// account has pages of its own. Fewer if few places are free.
    package var jobsPerBackloggedAccount = 4

    package init() {}
}
