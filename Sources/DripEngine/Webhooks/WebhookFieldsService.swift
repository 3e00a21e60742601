package import Channels
import DripCore
package import Logging
import ServiceLifecycle
import Synchronization

/// Keeps pages subscribed to what dripd reads: the platform drops a page's webhook fields after long failures, and nobody's
/// messages come in from then on.
///
/// Looks at the start and every hour or so, one call a page; after a look that failed, a minute later, then ever later. Of a page
/// that is stopped it asks nothing: that one has to be mended first.
package final class WebhookFieldsService: Service {
    package typealias Read = @Sendable (_ page: String) async throws(PageSetupError) -> SubscribedFields
    package typealias Subscribe = @Sendable (_ page: String, _ fields: [String]) async throws(PageSetupError) -> Void

    private let lanes: LaneTable
    private let clock: any WallClock
    private let logger: Logger
    private let fields: @Sendable () -> [WebhookField]
    private let read: Read
    private let subscribe: Subscribe
    private let random: @Sendable () -> Double
    private let pause: @Sendable (Duration) async throws -> Void
    /// What was last said of each page: the same is not said every hour.
    private let said = Mutex<[String: String]>([:])

    /// - Parameters:
    ///   - fields: what a page has to be subscribed to, by the sequences in force.
    ///   - random: from 0 up to 1, so that pages that were started together are not asked for together.
    ///   - pause: waits in real time, as `Task.sleep(for:)` does.
    package init(
        lanes: LaneTable,
        clock: any WallClock,
        logger: Logger,
        fields: @escaping @Sendable () -> [WebhookField],
        read: @escaping Read,
        subscribe: @escaping Subscribe,
        random: @escaping @Sendable () -> Double,
        pause: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.lanes = lanes
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
                // In an hour all of them have their turn.
                failed = wait < Self.interval ? again : nil
                guard (try? await self.pause(wait * (0.8 + 0.4 * self.random()))) != nil else { return }
            }
        }
    }

    private static let interval = Duration.seconds(3600)

    /// From one look to the next, after so many in a row that failed: a minute, two, four, …, an hour.
    static func wait(afterFailures failures: Int) -> Duration {
        failures == 0 ? interval : min(.seconds(60 << min(failures - 1, 6)), interval)
    }

    /// - Parameter pages: nil: all.
    /// - Returns: those that are to be looked at again soon: the platform did not answer, or they are paused.
    @discardableResult
    func look(at pages: Set<String>? = nil) async -> Set<String> {
        var again: Set<String> = []
        for lane in lanes.all where lane.stopped == nil && pages?.contains(lane.page) ?? true {
            let page = lane.page
            guard !lane.isPaused(at: clock.now()) else {
                again.insert(page)
                continue
            }
            do throws(PageSetupError) {
                let subscribed = try await call(lane) { () throws(PageSetupError) in try await read(page) }
                let missing = subscribed.missing(of: fields())
                if !missing.isEmpty {
                    let renewed = subscribed.renewed(with: fields())
                    try await call(lane) { () throws(PageSetupError) in try await subscribe(page, renewed) }
                    Metric.webhookRenewals.count(1, .label("page", page))
                    logger.warning(
                        """
                        the page was not subscribed to webhooks that dripd reads, and is again; if nothing comes in all the same, \
                        the app's callback is off, too: App Dashboard, Webhooks, and `dripd doctor --webhook URL`
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

    /// A call as others of the page's allowance.
    private func call<Answer: Sendable>(
        _ lane: Lane,
        _ body: () async throws(PageSetupError) -> Answer
    ) async throws(PageSetupError) -> Answer {
        let now = clock.now()
        _ = lanes.change(lane.id) { $0.showed(1, at: now) }
        return try await body()
    }

    private func say(_ error: PageSetupError, of page: String) {
        // What ends with dripd is no news.
        guard !Task.isCancelled, said.withLock({ $0.updateValue(error.why, forKey: page) }) != error.why else { return }
        let todo =
            switch error.cause {
            case .token: "its token is dead; make a new one, then `systemctl restart dripd`"
            case .permission:
                "its token lacks pages_manage_metadata; `dripd doctor` shows what the page is subscribed to"
            case .missing, .passing: "asked again in a few minutes"
            }
        logger.warning(
            "whether the page is subscribed to the webhooks that dripd reads is not known, or could not be mended: \(todo)",
            metadata: ["page": "\(page)", "reason": "\(error.why)"]
        )
    }
}
