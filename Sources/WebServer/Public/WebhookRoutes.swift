import DripEngine
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

/// The routes of `/webhooks/messenger`, which the Messenger Platform calls. Source: "Webhooks for Messenger Platform", sections
/// "Verification requests" and "Event notifications".
struct WebhookRoutes {
    let intake: Intake
    let verifyToken: @Sendable () -> String
    private let guesses = VerifyTokenLimiter()

    init(intake: Intake, verifyToken: @escaping @Sendable () -> String) {
        self.intake = intake
        self.verifyToken = verifyToken
    }

    /// The maximum size of a webhook body, in bytes. A batch of events has a few kilobytes.
    static let bodyLimit = 1 << 20

    func add(to router: Router<PublicRequestContext>) {
        router.get("/webhooks/messenger") { request, context in verify(request, of: context.peer) }
        router.post("/webhooks/messenger") { request, _ in try await receive(request) }
    }

    /// Answers the handshake: the platform sends our verify token and a challenge, and expects the challenge back.
    private func verify(_ request: Request, of peer: PeerAddress) -> Response {
        let query = request.uri.queryParameters
        guard query["hub.mode"] == "subscribe", let challenge = query["hub.challenge"],
            let token = query["hub.verify_token"]
        else { return refused() }
        guard guesses.mayAsk(peer) else {
            intake.refusals.note(.guesses)
            return Response(status: .tooManyRequests, headers: [.retryAfter: "60"])
        }
        guard Self.isEqual(String(token), verifyToken()) else {
            guesses.wasWrong(peer)
            return refused()
        }
        return .text(String(challenge))
    }

    private func refused() -> Response {
        intake.refusals.note(.verification)
        return Response(status: .forbidden)
    }

    /// Receives a webhook. Its whole body has already arrived: see `RequestGate`.
    private func receive(_ request: Request) async throws -> Response {
        var request = request
        let body: ByteBuffer
        do {
            body = try await request.collectBody(upTo: Self.bodyLimit)
        } catch {
            guard !Task.isCancelled else { return .text("dripd is shutting down", status: .serviceUnavailable) }
            intake.refusals.note(.brokenBody)
            return .text("the body is broken", status: .badRequest)
        }
        let signature = request.headers[.hubSignature]
        switch try await intake.receive(Data(body.readableBytesView), signature: signature) {
        case .taken: return .text("EVENT_RECEIVED")
        case .badSignature: return .text("the signature does not match the body", status: .unauthorized)
        case .notJSON: return .text("the body is not JSON", status: .badRequest)
        case .tooManyItems:
            return .text("the body has over \(Intake.mostItems) items", status: .contentTooLarge)
        case .notAnEnvelope: return .text("the body is not a webhook from the platform", status: .badRequest)
        }
    }

    /// Compares in a time that does not depend on how much of a wrong token is right.
    private static func isEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard !right.isEmpty else { return false }
        var difference = left.count ^ right.count
        for (index, byte) in left.enumerated() { difference |= Int(byte ^ right[index % right.count]) }
        return difference == 0
    }
}

extension HTTPField.Name {
    /// Not a registered name, but a valid one: the initializer fails only on invalid characters.
    fileprivate static let hubSignature = HTTPField.Name("X-Hub-Signature-256")!
}

/// The limit on wrong verify tokens from one client: a token that a person chose could otherwise be guessed.
final class VerifyTokenLimiter: Sendable {
    private struct State {
        var minute = NIODeadline.uptimeNanoseconds(0)
        var wrong: [PeerAddress: Int] = [:]
    }

    private let state = Mutex(State())

    /// The maximum number of wrong tokens from one client in a minute. The platform sends a token only when an operator saves
    /// the webhook's address.
    static let most = 30
    /// The maximum number of clients whose wrong tokens are counted. Above that, all others are refused.
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
