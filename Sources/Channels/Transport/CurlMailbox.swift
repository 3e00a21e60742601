import Synchronization

/// The state that the loop's thread shares with the rest of the program: incoming requests, and the request to end.
final class CurlMailbox: Sendable {
    /// The next action of the loop.
    enum Instruction: Sendable {
        case begin([CurlSubmission])
        case wait
        case end
    }

    private enum Phase {
        case open
        case closing
        /// The loop is cleaning up and must not be woken any more.
        case ending
        case ended
    }

    private struct State {
        var phase = Phase.open
        var incoming: [CurlSubmission] = []
        /// The requests in `incoming` and those that the loop has begun.
        var unanswered = 0
        var awaitingEnd: [CheckedContinuation<Void, Never>] = []
    }

    let multi: CurlMulti
    private let capacity: Int
    private let state = Mutex(State())

    init(multi: CurlMulti, capacity: Int) {
        self.multi = multi
        self.capacity = capacity
    }

    func submit(_ submission: CurlSubmission) {
        enum Verdict {
            case accepted
            case closed
            case full
        }
        let verdict = state.withLock { state -> Verdict in
            guard state.phase == .open else { return .closed }
            guard state.unanswered < capacity else { return .full }
            state.unanswered += 1
            state.incoming.append(submission)
            // Only the first request in an empty mailbox wakes the loop, which then takes all of them. Under the lock, the
            // multi handle still exists.
            if state.incoming.count == 1 { multi.wakeUp() }
            return .accepted
        }
        switch verdict {
        case .accepted: break
        case .closed: submission.refuse(.shutDown, "the HTTP transport is shut down")
        case .full: submission.refuse(.overloaded, "\(capacity) HTTP requests are under way, which is the limit")
        }
    }

    func close() {
        state.withLock { state in
            guard state.phase == .open else { return }
            state.phase = .closing
            multi.wakeUp()
        }
    }

    /// Returns when the loop has ended.
    func ended() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if state.phase != .ended { state.awaitingEnd.append(continuation) }
                return state.phase == .ended
            }
            if hasEnded { continuation.resume() }
        }
    }

    /// Reports the requests answered since the last call, and returns the next instruction. Only the loop calls this.
    func exchange(answered: Int) -> Instruction {
        state.withLock { state in
            state.unanswered -= answered
            if !state.incoming.isEmpty {
                let taken = state.incoming
                state.incoming = []
                return .begin(taken)
            }
            if state.phase == .closing && state.unanswered == 0 {
                state.phase = .ending
                return .end
            }
            return .wait
        }
    }

    /// Resumes the tasks that wait for the end. The loop calls this last, after it has closed everything.
    func confirmEnd() {
        let waiting = state.withLock { state in
            state.phase = .ended
            let waiting = state.awaitingEnd
            state.awaitingEnd = []
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// A request for the loop, with the continuation that waits for its outcome.
struct CurlSubmission: Sendable {
    let request: HTTPRequest
    let continuation: CheckedContinuation<Result<HTTPResponse, TransportError>, Never>

    func refuse(_ kind: TransportError.Kind, _ message: String) {
        continuation.resume(
            returning: .failure(TransportError(arrival: .certainlyNot, kind: kind, message: message))
        )
    }
}
