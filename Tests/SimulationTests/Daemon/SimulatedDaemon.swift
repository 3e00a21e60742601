import Channels
import ControlAPI
import DripCore
import Foundation
import GRDB
import Logging
import Synchronization
import TestSupport

@testable import DripEngine
@testable import DripStore

/// One life of the daemon: the production parts, connected as in `Daemon`, with a simulated clock and network.
final class SimulatedDaemon {
    let store: Store
    let crashPoint = CrashPoint()
    let limiters: LimiterTable
    let dispatcher: Dispatcher
    let intake: Intake
    let adopter: Adopter
    /// Reads the conversations of people with a delivery in doubt.
    let looking = BackgroundTask("looks at what is in doubt")
    /// Syncs conversations to find messages whose webhooks were lost.
    let catchingUp = BackgroundTask("looks for what was missed")
    private let errands: [Task<Void, Never>]
    private let woken: Flag

    /// - Parameter commits: the number of transactions after which it dies, possibly before its start is over.
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
        // Durability on disk is not under test.
        try await store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        store.pool.add(transactionObserver: crashPoint, extent: .databaseLifetime)
        if let commits { crashPoint.arm(commits) }
        let woken = Flag()
        self.woken = woken
        do {
            limiters = try await LimiterTable.of(
                [(.messenger, id: Event.testPage, perSecond: rate)],
                store,
                now: clock.now()
            )
        } catch {
            try store.close()
            throw error
        }
        let updates = AccountStatusUpdates(limiters: limiters, clock: clock, logger: .silent)
        let channel = MessengerChannel(
            transport: network,
            graphURL: "https://graph.facebook.com/v25.0",
            tokens: [Event.testPage: SimulatedPlatform.token],
            onUsage: updates.noteUsage
        )
        dispatcher = Dispatcher(
            store: store,
            channel: channel,
            limiters: limiters,
            limits: DispatchLimits(),
            random: random,
            requestUpload: { _ in },
            logger: .silent
        )
        intake = Intake(
            store: store,
            clock: clock,
            eventTime: .platform,
            appSecret: SimulatedPlatform.secret,
            logger: .silent,
            wake: { woken.raise() },
            onUnknownPerson: {},
            onPolicyNotice: updates.policyChanged
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
        errands = Self.serve(looking, catchingUp, store: store, limiters: limiters, clock: clock, woken)
        do {
            if case .refused(let problems) = await adopter.adopt(.start) {
                if crashPoint.isDead { throw CrashPoint.Crash() }
                throw Unusable(problems: problems)
            }
            _ = try await store.recover(now: clock.now())
            let held = try await store.noteDowntime(now: clock.now())
            limiters.beginCatchingUp(held, until: clock.now() + SyncService.longestHold)
        } catch {
            try await close()
            throw error
        }
        woken.raise()
    }

    private static func serve(
        _ looking: BackgroundTask,
        _ catchingUp: BackgroundTask,
        store: Store,
        limiters: LimiterTable,
        clock: ManualClock,
        _ woken: Flag
    ) -> [Task<Void, Never>] {
        let account = limiters.all[0].id
        func channel(_ errand: BackgroundTask) -> MessengerChannel {
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
                    accounts: [account],
                    settling: InDoubtDelivery.settling,
                    comparesClocks: true,
                    logger: .silent,
                    ask: { await lookChannel.conversation(of: $0, with: $1) },
                    wake: { woken.raise() }
                )
                return { _ = try await reconciler.look(now: clock.now) }
            },
            catchingUp.serve {
                let page = SyncService.Page(account: account, channel: .messenger, id: Event.testPage)
                let sync = SyncService(
                    store: store,
                    pages: [page],
                    clock: clock,
                    logger: .silent,
                    catchesUp: true,
                    ask: { await walkChannel.conversations(of: $0, after: $1) },
                    pause: catchingUp.pause,
                    wake: { woken.raise() },
                    onUnknownPerson: {},
                    release: { account in
                        let wasHeld = limiters.endCatchingUp(account, at: clock.now())
                        if wasHeld { woken.raise() }
                        return wasHeld
                    }
                )
                return { _ = try await sync.catchUp(page) }
            },
        ]
    }

    /// Closes the store. All work in flight must have ended.
    func close() async throws {
        for errand in [looking, catchingUp] { errand.end() }
        for errand in errands { await errand.value }
        try store.close()
    }

    /// Stops the process: from now on every write fails.
    func die() {
        crashPoint.arm(0)
        for errand in errands { errand.cancel() }
    }

    struct Unusable: Error {
        let problems: [String]
    }

    /// Returns whether the dispatcher was woken, and resets that.
    func takeWoken() -> Bool { woken.take() }

    func wake() { woken.raise() }

    /// Makes the disk refuse all writes, or accept them again.
    func refuseWrites(_ refuses: Bool) async throws {
        try await store.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA query_only = \(refuses)") }
    }

    /// The hashes of the versions in force, by sequence.
    var hashes: [String: String] { store.catalog.sequences.mapValues(\.hash) }
}

/// A flag that many tasks may raise and one takes.
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
