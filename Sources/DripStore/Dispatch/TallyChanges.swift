import DripCore
import GRDB

/// Changes to the sums of `dripd status`, collected over a transaction.
final class TallyChanges {
    private var changes: [String: Int] = [:]

    func add(_ name: String, _ change: Int) {
        if change != 0 { changes[name, default: 0] += change }
    }

    func write(to db: Database) throws {
        for (name, change) in changes.sorted(by: { $0.key < $1.key }) { try db.tally(name, change) }
    }
}

extension Delivery {
    /// The sums in which a finished step counts: the one for its state and, if it was not sent, the one for the reason.
    var sums: [String] {
        switch state {
        case .skipped: [state.rawValue] + [reason].compactMap { $0.map(state.tally) }
        case .failed: [state.rawValue] + [errorClass].compactMap { $0.map(state.tally) }
        case .sent, .inDoubt: [state.rawValue]
        }
    }
}

extension Delivery.State {
    /// Returns the name of the sum for one reason, such as `skipped/late`.
    func tally(_ reason: String) -> String { "\(rawValue)/\(reason)" }
}
