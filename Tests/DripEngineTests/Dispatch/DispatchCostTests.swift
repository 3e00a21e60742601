import DripCore
import GRDB
import Synchronization
import TestSupport
import Testing

@testable import DripEngine
@testable import DripStore

/// What messages ask of the disk: each transaction waits for it twice, for the log and for the count of claims.
@Suite struct DispatchCostTests {
    private let now = Instant.start
    private let due = Instant.start + .minutes(15)

    @Test(arguments: [(50, 21), (200, 6)])
    func `a thousand messages of many pages take a transaction for each time that all places are filled`(
        concurrency: Int,
        transactions: Int
    ) async throws {
        var limits = DispatchLimits()
        limits.concurrency = concurrency
        let pages = (1...25).map { "9\($0)" }
        let fixture = try await DispatcherFixture(perSecond: 40, otherPages: pages, limits: limits)
        fixture.channel.acceptAll()
        _ = try await fixture.state.store.ingest(
            (1...1000).map { person in
                let page = pages[person % pages.count]
                return DatedEvent(event: .message("\(person)", from: "\(person)", page: page), at: now)
            },
            now: now
        )
        let dispatcher = fixture.dispatcher
        let begun = try await fixture.transactions {
            _ = try await dispatcher.tick(now: due)
            while !dispatcher.isIdle {
                var outcomes: [(claim: Claim, outcome: Outcome)] = []
                while outcomes.count < dispatcher.inFlight { outcomes += await dispatcher.mailbox.next().outcomes }
                _ = try await dispatcher.recordAndClaim(outcomes, now: due)
            }
        }
        #expect(fixture.channel.requests.count == 1000)
        #expect(begun == transactions)
    }
}

extension DispatcherFixture {
    /// How many transactions `work` has the writer begin.
    fileprivate func transactions(_ work: () async throws -> Void) async throws -> Int {
        let count = Atomic(0)
        try await state.store.pool.writeWithoutTransaction { db in
            db.trace { event in
                if "\(event)".hasPrefix("BEGIN") { count.add(1, ordering: .relaxed) }
            }
        }
        try await work()
        try await state.store.pool.writeWithoutTransaction { $0.trace() }
        return count.load(ordering: .relaxed)
    }
}
