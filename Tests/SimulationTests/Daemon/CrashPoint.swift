import GRDB
import Synchronization

/// Simulates the death of the process between two transactions. From then on, every write fails.
final class CrashPoint: TransactionObserver, Sendable {
    struct Crash: Error {}

    private struct State {
        var commitsLeft: Int?
        var isDead = false
    }

    private let state = Mutex(State())

    var isDead: Bool { state.withLock { $0.isDead } }

    /// Allows `commits` more transactions.
    func arm(_ commits: Int) {
        state.withLock { $0.commitsLeft = commits }
    }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }

    func databaseDidChange(with event: DatabaseEvent) {}

    func databaseWillCommit() throws {
        try state.withLock { state in
            if let left = state.commitsLeft {
                state.isDead = left == 0
                state.commitsLeft = max(left - 1, 0)
            }
            if state.isDead { throw Crash() }
        }
    }

    func databaseDidCommit(_ db: Database) {}

    func databaseDidRollback(_ db: Database) {}
}
