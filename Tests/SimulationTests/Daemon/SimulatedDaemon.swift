import Channels
import DripCore
import Foundation
import GRDB
import Logging
import Synchronization
import TestSupport

@testable import DripEngine
@testable import DripStore

/// One life of the daemon: the production parts, put together as `Daemon` does, on a simulated clock and network.
final class SimulatedDaemon {
    let store: Store
    let crashPoint = CrashPoint()
    let lanes: LaneTable
    let dispatcher: Dispatcher
    let intake: Intake
    let adopter: Adopter
    /// Reads the conversations of those to whom something is in doubt.
    let looking = Errand("looks at what is in doubt")
    /// Walks through the conversations for what no webhook brought.
    let catchingUp = Errand("looks for what was missed")
    private let errands: [Task<Void, Never>]
    private let woken: Flag

    /// - Parameter commits: dies after so many transactions, which may be before it has begun.
    /// - Throws: `CrashPoint.Crash`.
    init(
        state: String,
        files: String,
        network: SimulatedNetwork,
        clock: ManualClock,
        random: @escaping @Sendable () -> Double,
        dailyLimit: Int?,
        rate: Int,
        dyingAfter commits: Int?
    ) async throws {
        store = try Store(directory: state, newInstance: "simulated", zone: .hoChiMinh)
        // What is tested is not whether the disk keeps it.
        try await store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        store.pool.add(transactionObserver: crashPoint, extent: .databaseLifetime)
        if let commits { crashPoint.arm(commits) }
        let woken = Flag()
        self.woken = woken
        do {
            lanes = try await LaneTable.of(
                [(id: Event.testPage, perSecond: rate)],
                channel: "messenger",
                store,
                now: clock.now()
            )
        } catch {
            try store.close()
            throw error
        }
        let news = PageNews(lanes: lanes, clock: clock, logger: .silent)
        let channel = MessengerChannel(
            transport: network,
            graphURL: "https://graph.facebook.com/v25.0",
            tokens: [Event.testPage: SimulatedPlatform.token],
            used: news.used
        )
        dispatcher = Dispatcher(
            store: store,
            channel: channel,
            lanes: lanes,
            limits: DispatchLimits(),
            random: random,
            want: { _ in },
            logger: .silent
        )
        intake = Intake(
            store: store,
            clock: clock,
            eventTime: .platform,
            appSecret: SimulatedPlatform.secret,
            logger: .silent,
            wake: { woken.raise() },
            met: {},
            heard: news.heard
        )
        adopter = Adopter(
            store: store,
            sequences: files,
            zone: .hoChiMinh,
            confirmAbove: nil,
            settings: CatalogSettings(dailyLimit: dailyLimit.map { DailyLimit($0) }),
            clock: clock,
            logger: .silent,
            renewSecrets: {},
            wake: { woken.raise() }
        )
        errands = Self.serve(looking, catchingUp, store: store, lanes: lanes, clock: clock, woken)
        do {
            if case .refused(let problems) = await adopter.adopt(.start) {
                if crashPoint.isDead { throw CrashPoint.Crash() }
                throw Unusable(problems: problems)
            }
            _ = try await store.recover(now: clock.now())
            let held = try await store.noteDowntime(now: clock.now())
            lanes.beginCatchingUp(held, until: clock.now() + SyncService.longestHold)
        } catch {
            try await close()
            throw error
        }
        woken.raise()
    }

    private static func serve(
        _ looking: Errand,
        _ catchingUp: Errand,
        store: Store,
        lanes: LaneTable,
        clock: ManualClock,
        _ woken: Flag
    ) -> [Task<Void, Never>] {
        let lane = lanes.all[0].id
        func channel(_ errand: Errand) -> MessengerChannel {
            MessengerChannel(
                transport: errand,
                graphURL: "https://graph.facebook.com/v25.0",
                tokens: [Event.testPage: SimulatedPlatform.token]
            )
        }
        let (lookChannel, walkChannel) = (channel(looking), channel(catchingUp))
        return [
            looking.serve {
                let reconciler = Reconciler(
                    store: store,
                    lanes: [lane],
                    settling: Doubt.settling,
                    comparesClocks: true,
                    logger: .silent,
                    ask: { await lookChannel.conversation(of: $0, with: $1) },
                    wake: { woken.raise() }
                )
                return { _ = try await reconciler.look(now: clock.now) }
            },
            catchingUp.serve {
                let page = SyncService.Page(lane: lane, id: Event.testPage)
                let sync = SyncService(
                    store: store,
                    pages: [page],
                    clock: clock,
                    logger: .silent,
                    catchesUp: true,
                    ask: { await walkChannel.conversations(of: $0, after: $1) },
                    pause: catchingUp.pause,
                    wake: { woken.raise() },
                    met: {},
                    release: { lane in
                        let wasHeld = lanes.endCatchingUp(lane, at: clock.now())
                        if wasHeld { woken.raise() }
                        return wasHeld
                    }
                )
                return { _ = try await sync.catchUp(page) }
            },
        ]
    }

    /// What is under way must have come to its end.
    func close() async throws {
        for errand in [looking, catchingUp] { errand.end() }
        for errand in errands { await errand.value }
        try store.close()
    }

    /// The process does nothing more that the disk would know of.
    func die() {
        crashPoint.arm(0)
        for errand in errands { errand.cancel() }
    }

    struct Unusable: Error {
        let problems: [String]
    }

    /// Whether there is something to look at; asks once.
    func takeWoken() -> Bool { woken.take() }

    func wake() { woken.raise() }

    /// The disk refuses every write, or no longer.
    func refuseWrites(_ refuses: Bool) async throws {
        try await store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = \(refuses)") }
    }

    /// The versions in force, by sequence.
    var hashes: [String: String] { store.catalog.sequences.mapValues(\.hash) }
}

/// Raised by anybody, taken by one.
private final class Flag: Sendable {
    private let isRaised = Mutex(false)

    func raise() { isRaised.withLock { $0 = true } }

    func take() -> Bool {
        isRaised.withLock { isRaised in
            defer { isRaised = false }
            return isRaised
        }
    }
}
