import DripCore
import GRDB
import Logging
import TestSupport

@testable import DripEngine
@testable import DripStore

/// A dispatcher on a real store, with a channel that answers as the test says. Only the test moves time.
final class DispatcherFixture {
    let state: TemporaryStore
    let channel = ScriptedChannel()
    let limiters: LimiterTable
    let dispatcher: Dispatcher

    /// - Parameter otherPages: pages besides `Event.testPage`, each with an account.
    init(
        _ sequences: [DripSequence] = [.make(steps: .care)],
        perSecond: Int = 10,
        otherPages: [String] = [],
        limits: DispatchLimits = DispatchLimits()
    ) async throws {
        state = try await TemporaryStore(sequences)
        let pages = [Event.testPage] + otherPages
        let ids = try await state.store.accounts(channel: "messenger", pages: pages)
        limiters = LimiterTable(
            zip(ids, pages).map { Limiter(id: $0, channel: .messenger, page: $1, perSecond: perSecond, rates: .tested) }
        )
        dispatcher = Dispatcher(
            store: state.store,
            channel: channel,
            limiters: limiters,
            limits: limits,
            random: { 0.5 },
            requestUpload: { _ in },
            logger: .silent
        )
    }

    /// So many people write at `moment`: "1", "2", …
    func people(_ count: Int, at moment: Instant) async throws {
        for number in 1...count { try await state.ingest(.message("\(number)", from: "\(number)"), now: moment) }
    }

    /// Sends all that may be sent at `now`, and waits for the outcomes.
    /// - Returns: when to look again.
    @discardableResult
    func run(at now: Instant) async throws -> Instant? {
        var next = try await dispatcher.tick(now: now)
        while !dispatcher.isIdle {
            try await dispatcher.settleAll { now }
            next = try await dispatcher.tick(now: now)
        }
        return next
    }

    func account(_ page: String = Event.testPage) -> Limiter? {
        limiters.all.first { $0.page == page }
    }

    /// Lets the store refuse every write, as on a full disk; or no longer.
    func refuseWrites(_ refuses: Bool) async throws {
        try await state.store.pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA query_only = \(refuses)")
        }
    }
}

extension Refusal {
    static func make(_ meaning: Meaning, _ code: String, retryAfter: Milliseconds? = nil) -> Refusal {
        Refusal(meaning: meaning, code: code, message: "no", retryAfter: retryAfter)
    }
}
