import ControlAPI
package import DripCore
package import DripStore
package import Logging
import ServiceLifecycle
import Synchronization

/// Reads the pages' conversations: all of them if an operator asks for it (`dripd sync`), and by itself those that changed
/// since the last time. This finds people who wrote while dripd or its webhooks were down.
package final class SyncService: Service {
    package struct Page: Sendable {
        package let account: AccountID
        package let channel: ChannelName
        package let id: String

        package init(account: AccountID, channel: ChannelName, id: String) {
            (self.account, self.channel, self.id) = (account, channel, id)
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
    private let onUnknownPerson: @Sendable () -> Void
    private let release: @Sendable (AccountID) -> Bool
    private let news: AsyncStream<Void>
    private let tell: AsyncStream<Void>.Continuation

    /// The wait between two calls. `ConversationPace` allows two a second; one is left for other calls about conversations.
    static let pace = Duration.seconds(1)
    private static let firstWait = Duration.seconds(30)
    private static let longestWait = Duration.seconds(1800)
    /// How often it looks for messages that no webhook delivered.
    private static let interval = Duration.seconds(3600)
    /// The same, after an attempt that the platform did not answer.
    private static let retryInterval = Duration.seconds(300)
    /// The longest time that an account is held after a start because it has not caught up.
    package static let longestHold = Milliseconds.minutes(1)
    /// The first wait between two calls while the account is held. It doubles.
    private static let firstWaitOfHold = Duration.seconds(2)
    /// The number of accounts that catch up at once.
    private static let together = 8
    /// The age below which a message is left for the next time, because its webhook may still be on its way.
    private static let youngest = Milliseconds.minutes(2)
    /// How far it reads back before the last time. Two clocks should never differ by as much.
    private static let overlap = Milliseconds.minutes(10)
    /// The tolerance for the time at which the daemon last ran.
    private static let tolerance = Milliseconds.minutes(2)
    /// The maximum number of result pages, of 25 conversations each, that it reads by itself. `dripd sync` reads more.
    private static let maxPages = 1000

    /// - Parameters:
    ///   - catchesUp: false on a fast clock, which does not agree with the platform's times.
    ///   - pause: waits in real time, as `Task.sleep(for:)` does.
    ///   - wake: called when there is new or earlier work for the dispatcher.
    ///   - onUnknownPerson: called when it finds a message by a person whose profile is not known yet.
    ///   - release: called when an account has caught up with what was written while dripd was down, or cannot catch up, and may
    ///     send. Returns whether it was held until then.
    package init(
        store: Store,
        pages: [Page],
        clock: any WallClock,
        logger: Logger,
        catchesUp: Bool,
        ask: @escaping @Sendable (_ page: String, _ after: String?) async -> ConversationsAnswer,
        pause: @escaping @Sendable (Duration) async throws -> Void,
        wake: @escaping @Sendable () -> Void,
        onUnknownPerson: @escaping @Sendable () -> Void,
        release: @escaping @Sendable (AccountID) -> Bool = { _ in false }
    ) {
        self.store = store
        self.pages = pages
        self.clock = clock
        self.logger = logger
        self.catchesUp = catchesUp
        self.ask = ask
        self.pause = pause
        self.wake = wake
        self.onUnknownPerson = onUnknownPerson
        self.release = release
        (news, tell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Begins a sync of a page's conversations, or joins the one that is under way.
    /// - Parameter page: nil for every page.
    /// - Throws: `PersonError`, `SyncError`.
    package func begin(_ page: String?, _ order: SyncRequest) async throws {
        let chosen = pages.filter { page == nil || $0.id == page }
        guard !chosen.isEmpty else { throw SyncError.unknownPage(page ?? "") }
        for page in chosen { try await store.beginSync(of: page.account, order, now: clock.now()) }
        tell.yield()
    }

    package func run() async throws {
        tell.yield()
        await withGracefulShutdownHandler {
            // A call under way is dropped: the sync continues from its checkpoint after the next start.
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
                    try await continueSync(page)
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

    /// - Returns: false if it is to be tried again soon.
    private func catchesUp(_ page: Page) async -> Bool {
        do {
            return try await catchUp(page)
        } catch {
            if error is StoreError { logger.error(because: error) }
            return false
        }
    }

    /// Completes the page's sync, if one is under way.
    func continueSync(_ page: Page) async throws {
        var wait = Self.firstWait
        while let progress = try await store.sync(of: page.account), progress.endedAt == nil, !Task.isCancelled {
            switch await ask(page.id, progress.cursor) {
            case .found(let found):
                try await store.saveConversations(found, of: page.account, now: clock.now())
                wake()
                wait = Self.firstWait
                if found.next != nil { try await pause(Self.pace) }
            case .later(let why):
                try await store.recordSyncError(of: page.account, because: why, isOver: false, now: clock.now())
                logger.warning(
                    "the sync waits",
                    metadata: ["page": "\(page.id)", "reason": "\(why)", "for": "\(wait)"]
                )
                try await pause(wait)
                wait = min(wait * 2, Self.longestWait)
            case .refused(let why):
                try await store.recordSyncError(of: page.account, because: why, isOver: true, now: clock.now())
                logger.error("conversations cannot be read", metadata: ["page": "\(page.id)", "reason": "\(why)"])
            }
        }
    }

    /// Ingests new messages that no webhook delivered. After downtime the account is held until the messages of that time
    /// have been read, or cannot be.
    /// - Returns: false if the platform did not answer.
    @discardableResult
    func catchUp(_ page: Page) async throws -> Bool {
        // The hold ends in every case, even after an error.
        defer { _ = release(page.account) }
        let now = clock.now()
        let (last, missedSince) = try await store.caughtUp(of: page.account)
        guard let last else {
            // Messages from before dripd's first start do not count as missed. `dripd sync` reads those.
            try await store.setCaughtUp(page.account, until: now)
            return true
        }
        let from = last - Self.overlap
        // After downtime no webhook is on its way, so the youngest messages count, too.
        var until = missedSince == nil ? now - Self.youngest : .distantFuture
        var isHeld = missedSince != nil
        var after: String?
        var missed = 0
        for number in 1...Self.maxPages {
            let found: ConversationPage
            switch try await answer(page, after, isHeld: isHeld, since: now) {
            case .found(let page): found = page
            case .later: return false
            case .refused: return true
            }
            let events = found.conversations.flatMap {
                $0.events(on: page.id, of: page.channel, from: from, until: until)
            }
            .sorted { $0.at < $1.at }
            if !events.isEmpty {
                let report = try await store.ingest(events.map { DatedEvent(event: $0.event, at: $0.at) }, now: now)
                missed += report.taken.values.reduce(0, +)
                logger.note(report)
                if report.earliestDue != nil { wake() }
                if report.needsProfile { onUnknownPerson() }
            }
            // Conversations come latest first: all after an unchanged one are unchanged.
            after = found.next
            func reachesBack(to moment: Instant) -> Bool {
                after == nil || found.conversations.contains { $0.updatedAt < moment }
            }
            if let since = missedSince, isHeld, reachesBack(to: since - Self.tolerance) {
                isHeld = false
                until = now - Self.youngest
                try await store.recordDowntimeRead(page.account)
                let hadToWait = release(page.account)
                logger.info(
                    "read the messages that people wrote while dripd was down",
                    metadata: ["page": "\(page.id)", "messages": "\(missed)", "held": "\(hadToWait)"]
                )
            }
            if reachesBack(to: from) { break }
            guard number < Self.maxPages else {
                logger.error(
                    "too many messages to catch up with; `dripd sync` finds the people",
                    metadata: ["page": "\(page.id)", "messages": "\(missed)"]
                )
                return true
            }
            // While the account is held, only `ConversationPace` slows the calls.
            if !isHeld { try await pause(Self.pace) }
        }
        try await store.setCaughtUp(page.account, until: now - Self.youngest)
        guard missed > 0 else { return true }
        logger.warning(
            "found messages that no webhook delivered; if dripd was not down, check the app's webhook subscription",
            metadata: ["page": "\(page.id)", "messages": "\(missed)"]
        )
        return true
    }

    /// Asks a busy platform a few times. What stays unread is read the next time.
    /// - Parameter isHeld: true while the account is held. It then asks more often, until the hold ends.
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
                    "cannot read what people wrote while dripd was down; the page sends again, and reads it later",
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

/// The reason why a sync does not begin.
package enum SyncError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownPage(String)

    package var description: String {
        switch self {
        case .unknownPage(let page): "page \(page) is not in the configuration"
        }
    }
}
