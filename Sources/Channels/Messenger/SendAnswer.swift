import DripCore
import Foundation

/// Reads the platform's answer to a Send API call.
struct SendAnswer {
    private let response: HTTPResponse
    private let body: [String: Any]?

    init(_ response: HTTPResponse) {
        self.response = response
        body = OutsideJSON.object(response.body)
    }

    /// The code decides, not the HTTP status: the platform answers errors with several, 200 among them.
    var outcome: Outcome {
        if let error = PlatformError(body) { return outcome(of: error) }
        if response.status == 200, let id = WebhookEnvelope.text(body?["message_id"]), !id.isEmpty {
            return .accepted(messageID: id, address: WebhookEnvelope.text(body?["recipient_id"]))
        }
        switch response.status {
        case 429, 503, 300..<500:
            // Somebody before the platform answered (a proxy, a wrong graph_url): no message was taken.
            return .refused(
                Refusal(
                    meaning: .slowDown,
                    code: "HTTP \(response.status)",
                    message: "not an answer of the platform",
                    retryAfter: retryAfter
                )
            )
        default:
            return .inDoubt(why: "HTTP \(response.status) with an answer that is not the platform's")
        }
    }

    /// The same for an upload, which may be made once more whatever came of it.
    var uploaded: UploadAnswer {
        if response.status == 200, let id = WebhookEnvelope.text(body?["attachment_id"]), !id.isEmpty {
            return .uploaded(attachment: id)
        }
        switch outcome {
        case .refused(let refusal): return .failed(why: "\(refusal.code) \(refusal.message)")
        case .inDoubt(let why), .unsent(let why), .untried(let why): return .failed(why: why)
        case .accepted: return .failed(why: "the answer names no attachment")
        }
    }

    private func outcome(of error: PlatformError) -> Outcome {
        switch error.meaning {
        case .inDoubt: return .inDoubt(why: error.words)
        case .refused(let meaning, let tries):
            return .refused(
                Refusal(
                    meaning: meaning,
                    code: error.name,
                    message: error.message,
                    retryAfter: retryAfter,
                    tries: tries
                )
            )
        }
    }

    /// `Retry-After` in seconds, or the minutes in `X-Business-Use-Case-Usage` after which the platform lets the page
    /// call again. Source: "Graph API rate limits", section "Headers".
    private var retryAfter: Span? {
        if let seconds = response.headers["retry-after"].flatMap(Int64.init), seconds > 0 {
            return .seconds(min(seconds, 24 * 3600))
        }
        return UsageHeaders(response.headers).regainAfter
    }
}
