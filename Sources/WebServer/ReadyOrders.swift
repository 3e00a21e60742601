import DripEngine
import Foundation
import Synchronization

/// Orders that were read and wait for their turn: so the parts of a file are taken in its order, each read while the one before
/// is taken.
final class ReadyOrders: Sendable {
    /// Of as many files as are imported at once, one each. One that nobody asks for makes room for later ones.
    static let most = 4

    private let orders = Mutex<[(id: UUID, order: ImportOrder)]>([])

    func keep(_ order: ImportOrder) -> ReadyOrder {
        let id = UUID()
        orders.withLock { orders in
            if orders.count == Self.most { orders.removeFirst() }
            orders.append((id, order))
        }
        return ReadyOrder(id: id)
    }

    /// nil: it was asked for before, or has made room.
    func take(_ ready: ReadyOrder) -> ImportOrder? {
        orders.withLock { orders in
            orders.firstIndex { $0.id == ready.id }.map { orders.remove(at: $0).order }
        }
    }
}
