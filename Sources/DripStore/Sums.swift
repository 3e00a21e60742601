import DripCore
import GRDB

/// What changes the sums that `dripd status` shows, collected over a transaction.
final class Sums {
    private var changes: [String: Int] = [:]

    func add(_ name: String, _ change: Int) {
        if change != 0 { changes[name, default: 0] += change }
    }

    func write(to db: Database) throws {
        for (name, change) in changes.sorted(by: { $0.key < $1.key }) { try db.tally(name, change) }
    }
}

extension Delivery {
    /// The sums that a step which is over counts in: by its state, and if it was not sent by why, too.
    var sums: [String] {
        switch state {
        case .skipped: [state.rawValue] + [reason].compactMap { $0.map(state.tally) }
        case .failed: [state.rawValue] + [errorClass].compactMap { $0.map(state.tally) }
        case .sent, .inDoubt: [state.rawValue]
        }
    }
}

extension Delivery.State {
    /// The name of the sum of those that ended so for one reason: `skipped/late`.
    func tally(_ reason: String) -> String { "\(rawValue)/\(reason)" }
}
