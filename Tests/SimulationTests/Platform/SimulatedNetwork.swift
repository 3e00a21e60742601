import Channels
import Synchronization

/// Holds every request until the simulation decides its result.
final class SimulatedNetwork: Transport {
    struct Held: Sendable {
        let request: HTTPRequest
        let continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>
    }

    private struct State {
        var arrived: [Held] = []
        var watcher: (count: Int, continuation: CheckedContinuation<Void, Never>)?
    }

    private let state = Mutex(State())

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let result = await withCheckedContinuation { continuation in
            let watcher = state.withLock { state -> CheckedContinuation<Void, Never>? in
                state.arrived.append(Held(request: request, continuation: continuation))
                guard let watcher = state.watcher, state.arrived.count >= watcher.count else { return nil }
                state.watcher = nil
                return watcher.continuation
            }
            watcher?.resume()
        }
        return try result.get()
    }

    /// Waits for `count` requests and takes them. Their order is random because each comes from its own task.
    func take(_ count: Int) async -> [Held] {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.arrived.count >= count { return true }
                state.watcher = (count, continuation)
                return false
            }
            if isThere { continuation.resume() }
        }
        return state.withLock { state in
            defer { state.arrived = [] }
            return state.arrived
        }
    }
}
