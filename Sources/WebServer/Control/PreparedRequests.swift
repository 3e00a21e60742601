import ControlAPI
import DripCore
import Foundation
import Synchronization

/// Import requests that are parsed and wait to be applied. A client applies the parts of a file in order, and sends each part
/// while the previous one is applied.
final class PreparedRequests: Sendable {
    /// The maximum number of waiting requests: one for each concurrent import. A further request drops the oldest.
    static let most = 4

    private let orders = Mutex<[(id: UUID, order: ImportRequest)]>([])

    func keep(_ order: ImportRequest) -> PreparedRequest {
        let id = UUID()
        orders.withLock { orders in
            if orders.count == Self.most { orders.removeFirst() }
            orders.append((id, order))
        }
        return PreparedRequest(id: id)
    }

    /// Removes and returns a waiting request; nil if it was already taken or dropped.
    func take(_ ready: PreparedRequest) -> ImportRequest? {
        orders.withLock { orders in
            orders.firstIndex { $0.id == ready.id }.map { orders.remove(at: $0).order }
        }
    }
}
