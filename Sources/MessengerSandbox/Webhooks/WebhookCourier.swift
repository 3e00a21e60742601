import Crypto
import Logging
import ServiceLifecycle

/// Delivers the sandbox's webhooks to the daemon while it runs.
struct WebhookCourier: Service {
    let sandbox: Sandbox
    let logger: Logger

    func run() async throws {
        await withDiscardingTaskGroup { group in
            for await _ in sandbox.webhooksDue.cancelOnGracefulShutdown() {
                startWhatIsDue(in: &group)
            }
            group.cancelAll()
        }
    }

    private func startWhatIsDue(in group: inout DiscardingTaskGroup) {
        while true {
            switch sandbox.nextWebhook() {
            case .nothing:
                return
            case .pause(let milliseconds):
                group.addTask {
                    // If cancelled, the courier is stopping, and the end of the pause no longer matters.
                    try? await Task.sleep(for: .milliseconds(milliseconds), clock: .continuous)
                    sandbox.webhookPauseOver()
                }
            case .post(let webhook):
                group.addTask {
                    report(sandbox.finished(webhook, await post(webhook)))
                }
            }
        }
    }

    private func post(_ webhook: Webhook) async -> WebhookQueue.Result {
        let configuration = sandbox.configuration
        let headers = [
            ("Content-Type", "application/json"),
            ("User-Agent", "facebookexternalua"),
            (WebhookSignature.header, WebhookSignature.value(of: webhook.body, secret: configuration.appSecret)),
        ]
        do {
            let status = try await sandbox.post(configuration.webhookURL, headers, webhook.body)
            return status == 200 ? .taken : .refused(status: status)
        } catch {
            return .unreachable
        }
    }

    private func report(_ note: WebhookQueue.Note?) {
        switch note {
        case nil: break
        case .notTaken(.refused(let status)):
            logger.warning("a webhook was answered with status \(status); retrying until it is accepted")
        case .notTaken:
            logger.warning("the webhook URL cannot be reached; retrying")
        case .takenAgain:
            logger.info("webhooks are accepted again")
        case .givenUp:
            logger.error("a webhook was refused \(WebhookQueue.refusalLimit) times; dropping it")
        }
    }
}

/// The signature that proves that a webhook's sender knows the app secret.
/// https://developers.facebook.com/docs/messenger-platform/webhooks#validate-payloads
enum WebhookSignature {
    static let header = "X-Hub-Signature-256"

    /// Returns `sha256=` and the HMAC-SHA-256 of the body in lower-case hexadecimal digits.
    static func value(of body: [UInt8], secret: String) -> String {
        "sha256=" + hexadecimal(of: body, secret: secret)
    }

    static func hexadecimal(of bytes: [UInt8], secret: String) -> String {
        HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: Array(secret.utf8))).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
