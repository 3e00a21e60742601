import DripEngine
import NIOHTTP1

/// What the public server reads of a request's header before anything else of it.
enum PublicRequestCheck {
    static let webhooks = "/webhooks/messenger"
    /// Each has this spelling alone. A proxy that keeps one of them to itself compares spellings, too: were `//metrics` another
    /// name for `/metrics`, it would pass it on.
    private static let paths: Set<Substring> = ["/healthz", "/readyz", "/metrics", "/webhooks/messenger"]

    static func verdict(on head: inout HTTPRequestHead) -> RequestVerdict {
        guard let target = RequestCheck.pathAndQuery(of: head.uri) else {
            return .refuse(Refusal(status: .badRequest, text: "the target names no path", kind: .badHTTP))
        }
        let path = target.prefix { $0 != "?" }
        // No route is `/`: the router says that there is nothing.
        head.uri = paths.contains(path) ? target : "/"
        guard head.method == .POST, path == webhooks else { return .pass(bodyLimit: 0) }
        let signatures = head.headers["x-hub-signature-256"]
        guard signatures.count == 1, Intake.couldBeSignature(signatures[0]) else {
            return .refuse(
                Refusal(status: .unauthorized, text: "the signature does not fit the body", kind: .badSignature)
            )
        }
        guard head.headers["content-encoding"].allSatisfy({ $0.lowercased() == "identity" }) else {
            return .refuse(
                Refusal(status: .unsupportedMediaType, text: "the body must not be compressed", kind: .encodedBody)
            )
        }
        return .pass(bodyLimit: WebhookRoutes.bodyLimit)
    }
}
