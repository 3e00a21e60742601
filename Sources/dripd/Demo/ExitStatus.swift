import Synchronization

/// The end of a process, for as many as want to wait for it.
final class ExitStatus: Sendable {
    private struct State {
        var status: Int32?
        var waiters: [Int: CheckedContinuation<Int32?, Never>] = [:]
        var waitersSoFar = 0
    }

    private let state = Mutex(State())

    func set(_ status: Int32) {
        let waiters = state.withLock { state in
            state.status = status
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume(returning: status) }
    }

    /// Waits for it; nil if the waiting task was cancelled before.
    func value() async -> Int32? {
        let number = state.withLock { state in
            state.waitersSoFar += 1
            return state.waitersSoFar
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known = state.withLock { state in
                    if state.status == nil && !Task.isCancelled { state.waiters[number] = continuation }
                    return (status: state.status, waits: state.waiters[number] != nil)
                }
                if !known.waits { continuation.resume(returning: known.status) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(returning: nil)
        }
    }
}
