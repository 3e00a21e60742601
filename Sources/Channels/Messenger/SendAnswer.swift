import DripCore
import Foundation

/// Reads the platform's answer to a Send API call.
struct SendAnswer {
    private let response: HTTPResponse
    private let body: [String: Any]?

    init(_ response: HTTPResponse) {
        self.response = response
        body = try? JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
    }

    /// The code decides, not the HTTP status: the platform answers errors with several, 200 among them.
    var outcome: Outcome {
        if let error { return self.outcome(of: error) }
        if response.status == 200, let id = WebhookEnvelope.text(body?["message_id"]), !id.isEmpty {
            return .accepted(messageID: id)
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

    /// `{"error":{"code":…}}`; old answers have the object's fields at the top.
    private var error: [String: Any]? {
        if let error = body?["error"] as? [String: Any] { return error }
        return body?["code"] is NSNumber ? body : nil
    }

    private func outcome(of error: [String: Any]) -> Outcome {
        let code = number(error["code"]) ?? 0
        let subcode = number(error["error_subcode"])
        let name = subcode.map { "\(code)/\($0)" } ?? "\(code)"
        // The platform's words go to the ledger and to the operator: as much as a line holds.
        let message = String((WebhookEnvelope.text(error["message"]) ?? "").prefix(300))
        let isTransient = error["is_transient"] as? Bool ?? false
        switch ErrorTable.meaning(code: code, subcode: subcode, isTransient: isTransient, message: message) {
        case .inDoubt: return .inDoubt(why: "\(name) \(message)")
        case .refused(let meaning, let tries):
            return .refused(
                Refusal(meaning: meaning, code: name, message: message, retryAfter: retryAfter, tries: tries)
            )
        }
    }

    private func number(_ value: Any?) -> Int? {
        WebhookEnvelope.text(value).flatMap(Int.init)
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
