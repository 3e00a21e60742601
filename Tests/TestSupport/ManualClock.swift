package import DripCore
import DripEngine
import Synchronization

/// A clock that only the test moves.
package final class ManualClock: WallClock {
    private let moment: Mutex<Instant>

    package init(_ moment: Instant) {
        self.moment = Mutex(moment)
    }

    package func now() -> Instant {
        moment.withLock { $0 }
    }

    package func set(_ new: Instant) {
        moment.withLock { $0 = new }
    }

    package func advance(by span: Milliseconds) {
        moment.withLock { $0 = $0 + span }
    }
}
