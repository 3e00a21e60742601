package import DripCore
import Synchronization

/// The lanes' states, shared by the dispatcher, which changes them, and whoever shows them.
package final class LaneTable: Sendable {
    private let lanes: Mutex<[LaneID: Lane]>

    package init(_ lanes: [Lane]) {
        self.lanes = Mutex(Dictionary(uniqueKeysWithValues: lanes.map { ($0.id, $0) }))
    }

    package var all: [Lane] {
        lanes.withLock { $0.values.sorted { $0.id.rawValue < $1.id.rawValue } }
    }

    func change<Result: Sendable>(_ id: LaneID, _ body: (inout Lane) -> Result) -> Result? {
        lanes.withLock { lanes in
            guard var lane = lanes[id] else { return nil }
            defer { lanes[id] = lane }
            return body(&lane)
        }
    }

    func change<Result: Sendable>(page: String, _ body: (inout Lane) -> Result) -> Result? {
        all.first { $0.page == page }.flatMap { change($0.id, body) }
    }

    /// An operator acted: every lane may try again.
    package func restart() {
        lanes.withLock { lanes in
            for id in lanes.keys { lanes[id]?.restart() }
        }
    }
}
