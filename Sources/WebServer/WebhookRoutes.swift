import DripEngine
import Foundation
import HTTPTypes
import Hummingbird
import Logging

/// `/webhooks/messenger`: what the Messenger Platform calls. Source: "Webhooks for Messenger Platform", sections
/// "Verification requests" and "Event notifications".
struct WebhookRoutes {
    let intake: Intake
    let verifyToken: @Sendable () -> String
    let logger: Logger

    /// A batch of events is some kilobytes; nobody signs a body of this size by mistake.
    static let bodyLimit = 1 << 20

    func add(to router: Router<BasicRequestContext>) {
        router.get("/webhooks/messenger") { request, _ in verify(request) }
        router.post("/webhooks/messenger") { request, _ in try await receive(request) }
    }

    /// The handshake: the platform sends our verify token and a challenge, and wants the challenge back.
    private func verify(_ request: Request) -> Response {
        let query = request.uri.queryParameters
        guard query["hub.mode"] == "subscribe", let challenge = query["hub.challenge"],
            let token = query["hub.verify_token"], Self.isEqual(String(token), verifyToken())
        else {
            logger.warning("webhook verification refused: is the verify token the one in the app's dashboard?")
            return Response(status: .forbidden)
        }
        return .text(String(challenge))
    }

    private func receive(_ request: Request) async throws -> Response {
        var request = request
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Self.bodyLimit {
            return tooLarge()
        }
        let body: ByteBuffer
        do {
            body = try await request.collectBody(upTo: Self.bodyLimit)
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            return tooLarge()
        } catch {
            guard !Task.isCancelled else { return .text("dripd ends", status: .serviceUnavailable) }
            // Whatever reading a body can meet is the client's doing: it hung up, or what it sent is no HTTP.
            logger.info("webhook refused", metadata: ["result": "broken_body"])
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

    private func tooLarge() -> Response {
        WebMetrics.webhookTooLarge()
        logger.warning("webhook refused", metadata: ["result": "too_large"])
        return .text("the body is over \(Self.bodyLimit) bytes", status: .contentTooLarge)
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
