import Synchronization

/// Wakes the tasks that wait for a change.
final class ChangeSignal: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
        var listenersSoFar = 0
    }

    private let state = Mutex(State())

    func notify() {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield() }
    }

    /// Returns a stream that yields at once, and then after changes. Several changes may be merged into one.
    func changes() -> AsyncStream<Void> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let number = state.withLock { state in
                state.listenersSoFar += 1
                state.listeners[state.listenersSoFar] = continuation
                return state.listenersSoFar
            }
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
            }
            continuation.yield()
        }
    }

    /// Waits up to `patience` until `isThere`. Cancellation ends the wait.
    func wait(within patience: Duration, until isThere: @escaping @Sendable () -> Bool) async {
        await withTaskGroup { group in
            group.addTask {
                for await _ in self.changes() where isThere() { return }
            }
            group.addTask {
                try? await Task.sleep(for: patience, clock: .continuous)
            }
            await group.next()
            group.cancelAll()
        }
    }
}
