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
    private let news: AsyncStream<Void>
    private let tell: AsyncStream<Void>.Continuation

    /// Between two calls. `ConversationPace` allows two a second; one is left for other questions about conversations.
    static let pace = Duration.seconds(1)
    private static let firstWait = Duration.seconds(30)
    private static let longestWait = Duration.seconds(1800)
    /// How often it looks for what no webhook brought.
    private static let interval = Duration.seconds(3600)
    /// A message that is younger than this has a webhook on its way.
    private static let youngest = Span.minutes(2)
    /// What two clocks may differ by, and then some.
    private static let overlap = Span.minutes(10)
    /// More pages of 25 conversations than these are for `dripd sync`.
    private static let mostPages = 1000

    /// - Parameters:
    ///   - catchesUp: not on a fast clock, where the platform's times are of another age.
    ///   - pause: waits in real time, as `Task.sleep(for:)` does.
    ///   - wake: called when there is new or earlier work for the dispatcher.
    ///   - met: called when somebody had written of whom the platform has yet to tell.
    package init(
        store: Store,
        pages: [Page],
        clock: any WallClock,
        logger: Logger,
        catchesUp: Bool,
        ask: @escaping @Sendable (_ page: String, _ after: String?) async -> ConversationsAnswer,
        pause: @escaping @Sendable (Duration) async throws -> Void,
        wake: @escaping @Sendable () -> Void,
        met: @escaping @Sendable () -> Void
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
                    if error is StoreError { logger.error("\(error)") }
                }
            }
        }
    }

    private func keepCatchingUp() async {
        repeat {
            for page in pages {
                do {
                    try await catchUp(page)
                } catch {
                    if error is StoreError { logger.error("\(error)") }
                }
            }
        } while (try? await pause(Self.interval)) != nil
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

    /// Takes what was written since the last look and came by no webhook.
    func catchUp(_ page: Page) async throws {
        let now = clock.now()
        guard let caughtUp = try await store.caughtUp(of: page.lane) else {
            // What was written before dripd was there is not missed: that is for `dripd sync`.
            return try await store.isCaughtUp(page.lane, until: now)
        }
        let (from, until) = (caughtUp - Self.overlap, now - Self.youngest)
        var after: String?
        var missed = 0
        for number in 1...Self.mostPages {
            guard case .found(let found) = try await answer(page, after) else { return }
            let events = found.conversations.flatMap { $0.events(on: page.id, from: from, until: until) }
                .sorted { $0.at < $1.at }
            if !events.isEmpty {
                let report = try await store.take(events.map { DatedEvent(event: $0.event, at: $0.at) }, now: now)
                missed += report.taken.values.reduce(0, +)
                logger.note(report)
                if report.earliestDue != nil { wake() }
                if report.metUnknown { met() }
            }
            // The latest first: behind one that did not change none has.
            after = found.next
            guard after != nil, found.conversations.allSatisfy({ $0.updatedAt >= from }) else { break }
            guard number < Self.mostPages else {
                return logger.error(
                    "too much was written to catch up with; `dripd sync` finds the people",
                    metadata: ["page": "\(page.id)", "messages": "\(missed)"]
                )
            }
            try await pause(Self.pace)
        }
        try await store.isCaughtUp(page.lane, until: until)
        guard missed > 0 else { return }
        logger.warning(
            "messages that no webhook brought; if dripd was not down, look at the app's webhook subscription",
            metadata: ["page": "\(page.id)", "messages": "\(missed)"]
        )
    }

    /// A platform that is busy is asked a few times; what stays unread now is read at the next look.
    private func answer(_ page: Page, _ after: String?) async throws -> ConversationsAnswer {
        var wait = Self.firstWait
        for _ in 0..<3 {
            let answer = await ask(page.id, after)
            switch answer {
            case .found: return answer
            case .refused(let why):
                logger.info("conversations cannot be read", metadata: ["page": "\(page.id)", "reason": "\(why)"])
                return answer
            case .later: try await pause(wait)
            }
            wait = wait * 2
        }
        let why = "the platform was busy three times"
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
