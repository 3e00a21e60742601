import DripCore
import Synchronization

/// Counts what the log is to tell once a minute at most.
final class MinuteCount: Sendable {
    private struct State {
        var count = 0
        var toldAt: Instant?
    }

    private let state = Mutex(State())

    /// - Returns: how many there were since the log last told, if it is to tell now.
    func add(_ count: Int, now: Instant) -> Int? {
        guard count > 0 else { return nil }
        return state.withLock { state in
            state.count += count
            // A clock that was set back must not keep it silent.
            if let toldAt = state.toldAt, toldAt <= now, now < toldAt + .minutes(1) { return nil }
            defer { state = State(count: 0, toldAt: now) }
            return state.count
        }
    }
}
