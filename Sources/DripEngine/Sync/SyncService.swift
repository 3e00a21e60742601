package import DripCore
package import DripStore
package import Logging
import ServiceLifecycle
import Synchronization

/// Walks through the pages' conversations: all of them, when an operator asks for it (`dripd sync`), and by itself those that
/// changed since it last looked, so that nobody is forgotten who wrote while dripd or its webhooks were down.
package final class SyncService: Service {
    package struct Page: Sendable {
        package let lane: LaneID
        package let id: String

        package init(lane: LaneID, id: String) {
            self.lane = lane
            self.id = id
        }
    }

    private let store: Store
    private let pages: [Page]
    private let clock: any WallClock
    private let logger: Logger
    private let catchesUp: Bool
    private let ask: @Sendable (_ page: String, _ after: String?) async -> ConversationsAnswer
    private let pause: @Sendable (Duration) async throws -> Void
    private let wake: @Sendable () -> Void
    private let met: @Sendable () -> Void
    private let release: @Sendable (LaneID) -> Bool
    private let news: AsyncStream<Void>
    private let tell: AsyncStream<Void>.Continuation

    /// Between two calls. `ConversationPace` allows two a second; one is left for other questions about conversations.
    static let pace = Duration.seconds(1)
    private static let firstWait = Duration.seconds(30)
    private static let longestWait = Duration.seconds(1800)
    /// How often it looks for what no webhook brought.
    private static let interval = Duration.seconds(3600)
    /// How soon after a look that read nothing, since the platform did not answer.
    private static let retryInterval = Duration.seconds(300)
    /// So long an account sends nothing after a start, unless it has caught up earlier.
    package static let longestHold = Span.minutes(1)
    /// Between two questions while the account sends nothing; doubles.
    private static let firstWaitOfHold = Duration.seconds(2)
    /// So many accounts catch up at once.
    private static let together = 8
    /// A message that is younger than this has a webhook on its way.
    private static let youngest = Span.minutes(2)
    /// What two clocks may differ by, and then some.
    private static let overlap = Span.minutes(10)
    /// The same, of the time at which the daemon was last there.
    private static let tolerance = Span.minutes(2)
    /// More pages of 25 conversations than these are for `dripd sync`.
    private static let mostPages = 1000

    /// - Parameters:
    ///   - catchesUp: not on a fast clock, where the platform's times are of another age.
    ///   - pause: waits in real time, as `Task.sleep(for:)` does.
    ///   - wake: called when there is new or earlier work for the dispatcher.
    ///   - met: called when somebody had written of whom the platform has yet to tell.
    ///   - release: called when an account has caught up with what was written while dripd was down, or cannot: it may send.
    ///     Returns whether it was held until then.
    package init(
        store: Store,
        pages: [Page],
        clock: any WallClock,
        logger: Logger,
        catchesUp: Bool,
        ask: @escaping @Sendable (_ page: String, _ after: String?) async -> ConversationsAnswer,
        pause: @escaping @Sendable (Duration) async throws -> Void,
        wake: @escaping @Sendable () -> Void,
        met: @escaping @Sendable () -> Void,
        release: @escaping @Sendable (LaneID) -> Bool = { _ in false }
    ) {
        self.store = store
        self.pages = pages
        self.clock = clock
        self.logger = logger
        self.catchesUp = catchesUp
        self.ask = ask
        self.pause = pause
        self.wake = wake
        self.met = met
        self.release = release
        (news, tell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Begins a walk through a page's conversations, or joins the one that is under way.
    /// - Parameter page: nil: every page.
    /// - Throws: `PersonError`, `SyncError`.
    package func begin(_ page: String?, _ order: SyncOrder) async throws {
        let chosen = pages.filter { page == nil || $0.id == page }
        guard !chosen.isEmpty else { throw SyncError.unknownPage(page ?? "") }
        for page in chosen { try await store.beginSync(of: page.lane, order, now: clock.now()) }
        tell.yield()
    }

    package func run() async throws {
        tell.yield()
        await withGracefulShutdownHandler {
            // What is asked now is given up: the walk goes on from its checkpoint after the next start.
            await cancelWhenGracefulShutdown {
                await withTaskGroup { group in
                    group.addTask { await self.serve() }
                    if self.catchesUp { group.addTask { await self.keepCatchingUp() } }
                }
            }
        } onGracefulShutdown: {
            self.tell.finish()
        }
    }

    private func serve() async {
        for await _ in news {
            for page in pages {
                do {
                    try await walk(page)
                } catch {
                    if error is StoreError { logger.error(because: error) }
                }
            }
        }
    }

    private func keepCatchingUp() async {
        var hasRead = true
        repeat {
            hasRead = true
            await withTaskGroup(of: Bool.self) { group in
                for (number, page) in pages.enumerated() {
                    if number >= Self.together, await group.next() == false { hasRead = false }
                    group.addTask { await self.catchesUp(page) }
                }
                for await isRead in group where !isRead { hasRead = false }
            }
        } while (try? await pause(hasRead ? Self.interval : Self.retryInterval)) != nil
    }

    /// - Returns: false: it is to be tried again soon.
    private func catchesUp(_ page: Page) async -> Bool {
        do {
            return try await catchUp(page)
        } catch {
            if error is StoreError { logger.error(because: error) }
            return false
        }
    }

    /// Goes through with the page's walk, if it has one that is not over.
    func walk(_ page: Page) async throws {
        var wait = Self.firstWait
        while let progress = try await store.sync(of: page.lane), progress.endedAt == nil, !Task.isCancelled {
            switch await ask(page.id, progress.cursor) {
            case .found(let found):
                try await store.keep(found, of: page.lane, now: clock.now())
                wake()
                wait = Self.firstWait
                if found.next != nil { try await pause(Self.pace) }
            case .later(let why):
                try await store.syncStands(of: page.lane, because: why, isOver: false, now: clock.now())
                logger.warning(
                    "the walk waits",
                    metadata: ["page": "\(page.id)", "reason": "\(why)", "for": "\(wait)"]
                )
                try await pause(wait)
                wait = min(wait * 2, Self.longestWait)
            case .refused(let why):
                try await store.syncStands(of: page.lane, because: why, isOver: true, now: clock.now())
                logger.error("conversations cannot be read", metadata: ["page": "\(page.id)", "reason": "\(why)"])
            }
        }
    }

    /// Takes what was written since the last look and came by no webhook. After downtime the account sends nothing until what
    /// was written meanwhile has been read, or cannot be.
    /// - Returns: false: the platform did not answer.
    @discardableResult
    func catchUp(_ page: Page) async throws -> Bool {
        // However it ends.
        defer { _ = release(page.lane) }
        let now = clock.now()
        let (last, missedSince) = try await store.caughtUp(of: page.lane)
        guard let last else {
            // What was written before dripd was there is not missed: that is for `dripd sync`.
            try await store.isCaughtUp(page.lane, until: now)
            return true
        }
        let from = last - Self.overlap
        // No webhook is on its way while dripd is down.
        var until = missedSince == nil ? now - Self.youngest : .distantFuture
        var isHeld = missedSince != nil
        var after: String?
        var missed = 0
        for number in 1...Self.mostPages {
            let found: ConversationPage
            switch try await answer(page, after, isHeld: isHeld, since: now) {
            case .found(let page): found = page
            case .later: return false
            case .refused: return true
            }
            let events = found.conversations.flatMap { $0.events(on: page.id, from: from, until: until) }
                .sorted { $0.at < $1.at }
            if !events.isEmpty {
                let report = try await store.take(events.map { DatedEvent(event: $0.event, at: $0.at) }, now: now)
                missed += report.taken.values.reduce(0, +)
                logger.note(report)
                if report.earliestDue != nil { wake() }
                if report.metUnknown { met() }
            }
            // The latest first: after one that did not change none has.
            after = found.next
            func reachesBack(to moment: Instant) -> Bool {
                after == nil || found.conversations.contains { $0.updatedAt < moment }
            }
            if let since = missedSince, isHeld, reachesBack(to: since - Self.tolerance) {
                isHeld = false
                until = now - Self.youngest
                try await store.hasReadDowntime(page.lane)
                let hadToWait = release(page.lane)
                logger.info(
                    "what was written while dripd was down has been read",
                    metadata: ["page": "\(page.id)", "messages": "\(missed)", "held": "\(hadToWait)"]
                )
            }
            if reachesBack(to: from) { break }
            guard number < Self.mostPages else {
                logger.error(
                    "too much was written to catch up with; `dripd sync` finds the people",
                    metadata: ["page": "\(page.id)", "messages": "\(missed)"]
                )
                return true
            }
            // `ConversationPace` holds back as much as it has to.
            if !isHeld { try await pause(Self.pace) }
        }
        try await store.isCaughtUp(page.lane, until: now - Self.youngest)
        guard missed > 0 else { return true }
        logger.warning(
            "messages that no webhook brought; if dripd was not down, look at the app's webhook subscription",
            metadata: ["page": "\(page.id)", "messages": "\(missed)"]
        )
        return true
    }

    /// A platform that is busy is asked a few times; what stays unread now is read at the next look.
    /// - Parameter isHeld: the account sends nothing meanwhile, so that it is asked more often, until it sends again.
    private func answer(
        _ page: Page,
        _ after: String?,
        isHeld: Bool,
        since start: Instant
    ) async throws -> ConversationsAnswer {
        var wait = isHeld ? Self.firstWaitOfHold : Self.firstWait
        var why = ""
        for attempt in 1... {
            let answer = await ask(page.id, after)
            switch answer {
            case .found: return answer
            case .refused(let why):
                logger.info("conversations cannot be read", metadata: ["page": "\(page.id)", "reason": "\(why)"])
                return answer
            case .later(let reason): why = reason
            }
            if isHeld, clock.now() >= start + Self.longestHold {
                logger.warning(
                    "what was written while dripd was down cannot be read; the page sends again, and reads it later",
                    metadata: ["page": "\(page.id)", "reason": "\(why)"]
                )
                return answer
            }
            if !isHeld, attempt == 3 { break }
            try await pause(wait)
            wait = wait * 2
        }
        why = "the platform was busy three times: \(why)"
        logger.info("conversations cannot be read", metadata: ["page": "\(page.id)", "reason": "\(why)"])
        return .later(why: why)
    }
}

/// Why a walk does not begin.
package enum SyncError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownPage(String)

    package var description: String {
        switch self {
        case .unknownPage(let page): "page \(page) is not in the configuration"
        }
    }
}
