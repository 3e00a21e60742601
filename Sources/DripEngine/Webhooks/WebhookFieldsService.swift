package import Channels
import DripCore
package import Logging
import ServiceLifecycle
import Synchronization

/// Keeps pages subscribed to the webhook fields that dripd reads. After long failures the platform drops a page's fields, and no
/// messages arrive from then on.
///
/// It checks at the start and about once an hour, with one call for each page. After a failure it checks again in a minute, then
/// at growing intervals. It does not check stopped pages, which an operator has to fix first.
package final class WebhookFieldsService: Service {
    package typealias Read = @Sendable (_ page: String) async throws(PageSetupError) -> SubscribedFields
    package typealias Subscribe = @Sendable (_ page: String, _ fields: [String]) async throws(PageSetupError) -> Void

    private let limiters: LimiterTable
    private let clock: any WallClock
    private let logger: Logger
    private let fields: @Sendable () -> [WebhookField]
    private let read: Read
    private let subscribe: Subscribe
    private let random: @Sendable () -> Double
    private let pause: @Sendable (Duration) async throws -> Void
    /// The last warning about each page, so that the same one is not logged every hour.
    private let said = Mutex<[String: String]>([:])

    /// - Parameters:
    ///   - fields: returns the fields that the sequences in force need.
    ///   - random: returns a number from 0 up to 1, so that daemons that started together do not check together.
    ///   - pause: waits in real time, as `Task.sleep(for:)` does.
    package init(
        limiters: LimiterTable,
        clock: any WallClock,
        logger: Logger,
        fields: @escaping @Sendable () -> [WebhookField],
        read: @escaping Read,
        subscribe: @escaping Subscribe,
        random: @escaping @Sendable () -> Double,
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.limiters = limiters
        self.clock = clock
        self.logger = logger
        self.fields = fields
        self.read = read
        self.subscribe = subscribe
        self.random = random
        self.pause = pause
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var failures = 0
            var failed: Set<String>?
            while !Task.isCancelled {
                let again = await self.look(at: failed)
                failures = again.isEmpty ? 0 : failures + 1
                let wait = Self.wait(afterFailures: failures)
                // After a whole hour all pages are checked.
                failed = wait < Self.interval ? again : nil
                guard (try? await self.pause(wait * (0.8 + 0.4 * self.random()))) != nil else { return }
            }
        }
    }

    private static let interval = Duration.seconds(3600)

    /// Returns the wait after a number of failures in a row: a minute, two, four, …, an hour.
    static func wait(afterFailures failures: Int) -> Duration {
        failures == 0 ? interval : min(.seconds(60 << min(failures - 1, 6)), interval)
    }

    /// Checks the subscriptions of pages, and renews those that lack a field.
    /// - Parameter pages: nil for all.
    /// - Returns: the pages to check again soon: the platform did not answer, or they are paused.
    @discardableResult
    func look(at pages: Set<String>? = nil) async -> Set<String> {
        var again: Set<String> = []
        for limiter in limiters.with(.pages) where limiter.stopped == nil && pages?.contains(limiter.page) ?? true {
            let page = limiter.page
            guard !limiter.isPaused(at: clock.now()) else {
                again.insert(page)
                continue
            }
            do throws(PageSetupError) {
                let subscribed = try await call(limiter) { () throws(PageSetupError) in try await read(page) }
                let missing = subscribed.missing(of: fields())
                if !missing.isEmpty {
                    let renewed = subscribed.renewed(with: fields())
                    try await call(limiter) { () throws(PageSetupError) in try await subscribe(page, renewed) }
                    Metric.webhookRenewals.count(1, .label("page", page))
                    logger.warning(
                        """
                        renewed the page's webhook subscription, which lacked fields that dripd reads; if nothing arrives, the \
                        app's callback is off, too: check App Dashboard, Webhooks, and `dripd doctor --webhook URL`
                        """,
                        metadata: [
                            "page": "\(page)", "renewed": "\(missing.map(\.rawValue).joined(separator: " "))",
                        ]
                    )
                }
                said.withLock { $0[page] = nil }
            } catch {
                say(error, of: page)
                switch error.cause {
                case .missing, .passing: again.insert(page)
                case .token, .permission: break
                }
            }
        }
        return again
    }

    /// Makes a call that counts against the page's allowance.
    private func call<Answer: Sendable>(
        _ limiter: Limiter,
        _ body: () async throws(PageSetupError) -> Answer
    ) async throws(PageSetupError) -> Answer {
        let now = clock.now()
        _ = limiters.change(limiter.id) { $0.recordOtherCalls(1, at: now) }
        return try await body()
    }

    private func say(_ error: PageSetupError, of page: String) {
        // An error caused by the shutdown is not worth a warning.
        guard !Task.isCancelled, said.withLock({ $0.updateValue(error.why, forKey: page) }) != error.why else { return }
        let todo =
            switch error.cause {
            case .token: "its token is dead; make a new one, then `systemctl restart dripd`"
            case .permission:
                "its token lacks pages_manage_metadata; `dripd doctor` shows what the page is subscribed to"
            case .missing, .passing: "asked again in a few minutes"
            }
        logger.warning(
            "cannot check or renew the webhook subscription: \(todo)",
            metadata: ["page": "\(page)", "reason": "\(error.why)"]
        )
    }
}
