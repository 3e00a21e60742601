import DripCore
import Synchronization

/// The mailbox of the dispatcher's loop: outcomes, the alarm, new work, pings and the shutdown.
final class Mailbox: Sendable {
    struct Contents: Sendable {
        var outcomes: [(claim: Claim, outcome: Outcome)] = []
        /// There may be new or earlier work.
        var isWoken = false
        /// The alarm has rung: a known job is due.
        var isRung = false
        /// The service is shutting down: nothing new may be sent.
        var isStopping = false
        /// The watchdog's probes, which wait for the loop's next pass.
        var pings: [CheckedContinuation<Void, Never>] = []

        /// True for anything but pings and a shutdown.
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

    /// Returns after the loop's next pass; at once if the loop has ended.
    func ping() async {
        await withCheckedContinuation { continuation in
            put { $0.pings.append(continuation) }
            answerPingsIfClosed()
        }
    }

    /// Closes the mailbox after the loop has ended, and answers all pings.
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

    /// Returns everything posted since the last call, and waits until there is something. Only one task may wait.
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
