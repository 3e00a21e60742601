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
    private let woken: Flag

    /// - Parameter commits: dies after so many transactions, which may be before it has begun.
    /// - Throws: `CrashPoint.Crash`.
    init(
        state: String,
        files: String,
        network: SimulatedNetwork,
        clock: ManualClock,
        random: @escaping @Sendable () -> Double,
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
            let ids = try await store.lanes(channel: "messenger", pages: [Event.testPage])
            lanes = LaneTable([Lane(id: ids[0], page: Event.testPage, perSecond: 10)])
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
            optOut: OptOut.standard,
            clock: clock,
            logger: .silent,
            renewSecrets: {},
            wake: { woken.raise() }
        )
        do {
            if case .refused(let problems) = await adopter.adopt(.start) {
                if crashPoint.isDead { throw CrashPoint.Crash() }
                throw Unusable(problems: problems)
            }
            _ = try await store.recover(now: clock.now())
        } catch {
            try store.close()
            throw error
        }
        woken.raise()
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
