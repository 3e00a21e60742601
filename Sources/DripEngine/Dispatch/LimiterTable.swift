import Channels
package import DripCore
package import DripStore
import Synchronization

/// The limiters of all accounts. The dispatcher changes them, and status and metrics show them.
package final class LimiterTable: Sendable {
    let ids: [AccountID]
    private let limiters: Mutex<[AccountID: Limiter]>

    package init(_ limiters: [Limiter]) {
        ids = limiters.map(\.id).sorted { $0.rawValue < $1.rawValue }
        self.limiters = Mutex(Dictionary(uniqueKeysWithValues: limiters.map { ($0.id, $0) }))
    }

    /// Returns the limiters of these accounts, including what earlier processes have used up of their rates.
    /// - Throws: `StoreError`.
    package static func of(
        _ accounts: [(channel: ChannelName, id: String, perSecond: Int)],
        _ store: Store,
        now: Instant
    ) async throws -> LimiterTable {
        let replies = try await store.privateReplies(before: now)
        var limiters: [Limiter] = []
        for account in accounts {
            let id = try await store.accounts(channel: account.channel.rawValue, pages: [account.id])[0]
            var limiter = Limiter(
                id: id,
                channel: account.channel,
                page: account.id,
                perSecond: account.perSecond,
                rates: ChannelRegistry.rules(of: account.channel)?.rates ?? SendRates()
            )
            limiter.restorePrivateReplies(at: replies[id] ?? [])
            limiter.waitForFirstWindow(at: now)
            limiters.append(limiter)
        }
        return LimiterTable(limiters)
    }

    /// The limiters of the accounts on channels that can do this.
    package func with(_ capability: ChannelCapability) -> [Limiter] {
        all.filter { ChannelRegistry.rules(of: $0.channel)?.capabilities.contains(capability) ?? false }
    }

    package var all: [Limiter] {
        limiters.withLock { limiters in ids.compactMap { limiters[$0] } }
    }

    func change<Result: Sendable>(_ id: AccountID, _ body: (inout Limiter) -> Result) -> Result? {
        limiters.withLock { limiters in
            // In place: a copy would copy all of the limiter's lists.
            limiters.index(forKey: id).map { body(&limiters.values[$0]) }
        }
    }

    func change<Result: Sendable>(page: String, _ body: (inout Limiter) -> Result) -> Result? {
        all.first { $0.page == page }.flatMap { change($0.id, body) }
    }

    /// Returns the earliest time at which one of these jobs may be sent; nil if there is none, or each has to wait for an outcome.
    func next(of jobs: [AccountID: JobSortKey], now: Instant) -> Instant? {
        limiters.withLock { limiters in
            jobs.compactMap { id, job in
                job.due < .distantFuture ? limiters[id]?.next(at: now).map { max(job.due, $0) } : nil
            }.min()
        }
    }

    /// Holds these accounts until they have read what was written while dripd was down, or until `latest`.
    package func beginCatchingUp(_ limiters: [AccountID], until latest: Instant) {
        for id in limiters { _ = change(id) { $0.beginCatchingUp(until: latest) } }
    }

    /// Ends an account's hold.
    /// - Returns: whether it was held until now.
    package func endCatchingUp(_ id: AccountID, at now: Instant) -> Bool {
        change(id) { $0.endCatchingUp(at: now) } ?? false
    }

    /// Stops an account until an operator acts.
    package func stop(_ id: AccountID, because why: String) {
        _ = change(id) { $0.stop(why) }
    }

    /// Ends all stops and pauses after an operator acted, so that every account may try again.
    package func restart() {
        limiters.withLock { limiters in
            for id in limiters.keys { limiters[id]?.restart() }
        }
    }
}
