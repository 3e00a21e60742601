import Logging
import ServiceLifecycle

/// Brings the sandbox's webhooks to the daemon for as long as it runs.
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
                    // Cancelled means that the courier stops: nobody asks again then.
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
            logger.warning("a webhook was answered with \(status), trying again until it is taken")
        case .notTaken:
            logger.warning("the webhook URL cannot be reached, trying again until it can")
        case .takenAgain:
            logger.info("webhooks are taken again")
        case .givenUp:
            logger.error("a webhook was refused \(WebhookQueue.refusalLimit) times, dropping it")
        }
    }
}
