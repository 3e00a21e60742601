import Synchronization

/// A clock whose time goes on only when the test says so.
final class SteppedClock: Clock {
    typealias Duration = Swift.Duration

    struct Instant: InstantProtocol {
        var offset: Duration

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    private struct Sleeper {
        let deadline: Instant
        let wake: CheckedContinuation<Void, Never>
    }

    private struct State {
        var now = Instant(offset: .zero)
        var sleepers: [Int: Sleeper] = [:]
        var sleepersSoFar = 0
    }

    private let state = Mutex(State())
    private let (falls, asleep) = AsyncStream.makeStream(of: Instant.self)

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.withLock { state in
            state.sleepersSoFar += 1
            return state.sleepersSoFar
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { wake in
                let sleeps = state.withLock { state in
                    guard deadline > state.now, !Task.isCancelled else { return false }
                    state.sleepers[number] = Sleeper(deadline: deadline, wake: wake)
                    return true
                }
                if sleeps { asleep.yield(deadline) } else { wake.resume() }
            }
        } onCancel: {
            state.withLock { $0.sleepers.removeValue(forKey: number) }?.wake.resume()
        }
        try Task.checkCancellation()
    }

    /// Waits until somebody sleeps to `deadline`, and lets it come.
    func advance(to deadline: Duration) async {
        let deadline = Instant(offset: deadline)
        _ = await falls.first { $0 >= deadline }
        let due = state.withLock { state in
            state.now = deadline
            let due = state.sleepers.filter { $0.value.deadline <= deadline }
            for number in due.keys { state.sleepers[number] = nil }
            return due.values.map(\.wake)
        }
        for wake in due { wake.resume() }
    }
}
