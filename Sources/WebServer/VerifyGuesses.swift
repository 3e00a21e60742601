import NIOCore
import Synchronization

/// How often a client may name a wrong verify token: a word that a person chose could be found otherwise.
final class VerifyGuesses: Sendable {
    private struct State {
        var minute = NIODeadline.uptimeNanoseconds(0)
        var wrong: [PeerAddress: Int] = [:]
    }

    private let state = Mutex(State())

    /// In a minute, of one client. The platform asks when an operator saves the webhook's address.
    static let most = 30
    /// Of how many clients it is known; beyond them all have had too many.
    private static let mostClients = 10_000

    func mayAsk(_ peer: PeerAddress, now: NIODeadline = .now()) -> Bool {
        state.withLock { state in
            if now >= state.minute + .minutes(1) { state = State(minute: now) }
            if let wrong = state.wrong[peer] { return wrong < Self.most }
            return state.wrong.count < Self.mostClients
        }
    }

    func wasWrong(_ peer: PeerAddress) {
        state.withLock { $0.wrong[peer, default: 0] += 1 }
    }
}
