import DripCore
import Synchronization

/// What the dispatcher's loop waits for, all of it: outcomes, the alarm, new work, questions, the end.
final class Mailbox: Sendable {
    struct Contents: Sendable {
        var outcomes: [(claim: Claim, outcome: Outcome)] = []
        /// There may be new or earlier work.
        var isWoken = false
        /// Something is due that was known of.
        var isRung = false
        /// Nothing new is to be begun any more.
        var isStopping = false
        /// Who asks whether the loop still turns.
        var pings: [CheckedContinuation<Void, Never>] = []

        /// Anything but questions.
        var isWork: Bool { isWoken || isRung || !outcomes.isEmpty }
    }

    private struct State {
        var contents = Contents()
        var hasNews = false
        var waiter: CheckedContinuation<Void, Never>?
        var isClosed = false
    }

    private let state = Mutex(State())

    func post(_ outcome: Outcome, of claim: Claim) {
        put { $0.outcomes.append((claim, outcome)) }
    }

    func wake() {
        put { $0.isWoken = true }
    }

    func ring() {
        put { $0.isRung = true }
    }

    func stop() {
        put { $0.isStopping = true }
    }

    /// Returns when the loop has come round; at once when it has ended.
    func ping() async {
        await withCheckedContinuation { continuation in
            put { $0.pings.append(continuation) }
            answerPingsIfClosed()
        }
    }

    /// The loop has ended: nobody reads this any more.
    func close() {
        state.withLock { $0.isClosed = true }
        answerPingsIfClosed()
    }

    private func answerPingsIfClosed() {
        let pings = state.withLock { state in
            guard state.isClosed else { return [CheckedContinuation<Void, Never>]() }
            defer { state.contents.pings = [] }
            return state.contents.pings
        }
        for ping in pings { ping.resume() }
    }

    /// All that has come since the last time; waits until there is something. Only one may wait.
    func next() async -> Contents {
        await withCheckedContinuation { continuation in
            let hasNews = state.withLock { state in
                precondition(state.waiter == nil, "one loop reads a mailbox")
                if !state.hasNews { state.waiter = continuation }
                return state.hasNews
            }
            if hasNews { continuation.resume() }
        }
        return state.withLock { state in
            defer {
                state.contents = Contents(isStopping: state.contents.isStopping)
                state.hasNews = false
            }
            return state.contents
        }
    }

    private func put(_ change: (inout Contents) -> Void) {
        let waiter = state.withLock { state in
            change(&state.contents)
            state.hasNews = true
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}
