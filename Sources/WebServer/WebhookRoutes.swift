import DripEngine
import Foundation
import HTTPTypes
import Hummingbird

/// `/webhooks/messenger`: what the Messenger Platform calls. Source: "Webhooks for Messenger Platform", sections
/// "Verification requests" and "Event notifications".
struct WebhookRoutes {
    let intake: Intake
    let verifyToken: @Sendable () -> String
    private let guesses = VerifyGuesses()

    init(intake: Intake, verifyToken: @escaping @Sendable () -> String) {
        self.intake = intake
        self.verifyToken = verifyToken
    }

    /// A batch of events is some kilobytes; nobody signs a body of this size by mistake.
    static let bodyLimit = 1 << 20

    func add(to router: Router<PublicRequestContext>) {
        router.get("/webhooks/messenger") { request, context in verify(request, of: context.peer) }
        router.post("/webhooks/messenger") { request, _ in try await receive(request) }
    }

    /// The handshake: the platform sends our verify token and a challenge, and wants the challenge back.
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

    /// The whole body is there: see `RequestGate`.
    private func receive(_ request: Request) async throws -> Response {
        var request = request
        let body: ByteBuffer
        do {
            body = try await request.collectBody(upTo: Self.bodyLimit)
        } catch {
            guard !Task.isCancelled else { return .text("dripd ends", status: .serviceUnavailable) }
            intake.refusals.note(.brokenBody)
            return .text("the body is broken", status: .badRequest)
        }
        let signature = request.headers[.hubSignature]
        switch try await intake.receive(Data(body.readableBytesView), signature: signature) {
        case .taken: return .text("EVENT_RECEIVED")
        case .badSignature: return .text("the signature does not fit the body", status: .unauthorized)
        case .notJSON: return .text("the body is not JSON", status: .badRequest)
        case .tooManyItems:
            return .text("the body has over \(Intake.mostItems) items", status: .contentTooLarge)
        case .notAnEnvelope: return .text("the body is not a webhook of the platform", status: .badRequest)
        }
    }

    /// Takes as long for a wrong token as for the right one.
    private static func isEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard !right.isEmpty else { return false }
        var difference = left.count ^ right.count
        for (index, byte) in left.enumerated() { difference |= Int(byte ^ right[index % right.count]) }
        return difference == 0
    }
}

extension HTTPField.Name {
    /// Not one of the registered names, but a valid one: the initializer fails on invalid characters alone.
    fileprivate static let hubSignature = HTTPField.Name("X-Hub-Signature-256")!
}
