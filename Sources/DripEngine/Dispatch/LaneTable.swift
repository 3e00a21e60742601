package import DripCore
package import DripStore
import Synchronization

/// The lanes' states, shared by the dispatcher, which changes them, and whoever shows them.
package final class LaneTable: Sendable {
    let ids: [LaneID]
    private let lanes: Mutex<[LaneID: Lane]>

    package init(_ lanes: [Lane]) {
        ids = lanes.map(\.id).sorted { $0.rawValue < $1.rawValue }
        self.lanes = Mutex(Dictionary(uniqueKeysWithValues: lanes.map { ($0.id, $0) }))
    }

    /// The lanes of these pages, with what earlier processes have used up of their rates.
    /// - Throws: `StoreError`.
    package static func of(
        _ pages: [(id: String, perSecond: Int)],
        channel: String,
        _ store: Store,
        now: Instant
    ) async throws -> LaneTable {
        let ids = try await store.lanes(channel: channel, pages: pages.map(\.id))
        let replies = try await store.privateReplies(before: now)
        return LaneTable(
            zip(ids, pages).map { id, page in
                var lane = Lane(id: id, page: page.id, perSecond: page.perSecond)
                lane.repliedBefore(at: replies[id] ?? [])
                lane.waitForFirstWindow(at: now)
                return lane
            }
        )
    }

    package var all: [Lane] {
        lanes.withLock { lanes in ids.compactMap { lanes[$0] } }
    }

    func change<Result: Sendable>(_ id: LaneID, _ body: (inout Lane) -> Result) -> Result? {
        lanes.withLock { lanes in
            // In its place: a copy would take all of its lists along.
            lanes.index(forKey: id).map { body(&lanes.values[$0]) }
        }
    }

    func change<Result: Sendable>(page: String, _ body: (inout Lane) -> Result) -> Result? {
        all.first { $0.page == page }.flatMap { change($0.id, body) }
    }

    /// When the first of these jobs may be sent that no outcome has to come before; nil if there is none.
    func next(of jobs: [LaneID: JobOrder], now: Instant) -> Instant? {
        lanes.withLock { lanes in
            jobs.compactMap { id, job in
                job.due < .distantFuture ? lanes[id]?.next(at: now).map { max(job.due, $0) } : nil
            }.min()
        }
    }

    /// These send nothing until they have caught up with what was written while dripd was down, or until `latest`.
    package func beginCatchingUp(_ lanes: [LaneID], until latest: Instant) {
        for id in lanes { _ = change(id) { $0.beginCatchingUp(until: latest) } }
    }

    /// - Returns: whether it had to wait until now.
    package func endCatchingUp(_ id: LaneID, at now: Instant) -> Bool {
        change(id) { $0.endCatchingUp(at: now) } ?? false
    }

    /// An operator acted: every lane may try again.
    package func restart() {
        lanes.withLock { lanes in
            for id in lanes.keys { lanes[id]?.restart() }
        }
    }
}
