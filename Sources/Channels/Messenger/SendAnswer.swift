import DripCore
import Foundation

/// The platform's answer to a Send API call.
struct SendAnswer {
    private let response: HTTPResponse
    private let body: [String: Any]?

    init(_ response: HTTPResponse) {
        self.response = response
        body = OutsideJSON.object(response.body)
    }

    /// Decided by the error code, not by the HTTP status: the platform sends errors with several statuses, including 200.
    var outcome: Outcome {
        if let error = PlatformError(body) { return outcome(of: error) }
        if response.status == 200, let id = WebhookEnvelope.text(body?["message_id"]), !id.isEmpty {
            return .accepted(messageID: id, address: WebhookEnvelope.text(body?["recipient_id"]))
        }
        switch response.status {
        case 429, 503, 300..<500:
            // A proxy or a wrong graph_url answered, not the platform: no message was accepted.
            return .refused(
                Refusal(
                    meaning: .slowDown,
                    code: "HTTP \(response.status)",
                    message: "not an answer from the platform",
                    retryAfter: retryAfter
                )
            )
        default:
            return .inDoubt(why: "HTTP \(response.status) with an answer that is not the platform's")
        }
    }

    /// The outcome of an upload. An upload in doubt counts as failed, because repeating it is harmless.
    var uploaded: UploadAnswer {
        if response.status == 200, let id = WebhookEnvelope.text(body?["attachment_id"]), !id.isEmpty {
            return .uploaded(attachment: id)
        }
        switch outcome {
        case .refused(let refusal): return .failed(why: "\(refusal.code) \(refusal.message)")
        case .inDoubt(let why), .unsent(let why), .untried(let why): return .failed(why: why)
        case .accepted: return .failed(why: "the answer contains no attachment_id")
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

    /// The wait from `Retry-After` (seconds), or else from `X-Business-Use-Case-Usage` (minutes until the page may call again).
    /// Source: "Graph API rate limits", section "Headers".
    private var retryAfter: Milliseconds? {
        if let seconds = response.headers["retry-after"].flatMap(Int64.init), seconds > 0 {
            return .seconds(min(seconds, 24 * 3600))
        }
        return UsageHeaders(response.headers).regainAfter
    }
}

/// The rate-limit usage in the headers of the platform's answers. Source: "Graph API rate limits", section "Headers". No
/// documentation of `X-Page-Usage` was found; it is read like `X-App-Usage`.
///
/// ```
/// X-App-Usage: {"call_count":28,"total_time":25,"total_cputime":25}
/// X-Business-Use-Case-Usage: {"<id>":[{"type":"messenger","call_count":100,…,"estimated_time_to_regain_access":19}]}
/// ```
struct UsageHeaders {
    private let objects: [[String: Any]]

    /// The platform's own sample repeats a key, which a JSON parser may reject or drop. So only the innermost objects are
    /// parsed, one by one.
    init(_ headers: HTTPResponseHeaders) {
        objects = ["x-app-usage", "x-page-usage", "x-business-use-case-usage"].flatMap { name in
            Self.innermostObjects(in: headers[name] ?? "").filter(Self.isOurs)
        }
    }

    /// The highest reported percentage; nil if the answer reports none.
    var usage: Usage? {
        let percents = objects.flatMap { object in
            ["call_count", "total_time", "total_cputime"].compactMap { Self.number(object[$0]) }
        }
        return percents.max().map { Usage(percent: min($0, 1000), regainAfter: regainAfter) }
    }

    var regainAfter: Milliseconds? {
        let minutes = objects.compactMap { Self.number($0["estimated_time_to_regain_access"]) }.max() ?? 0
        return minutes > 0 ? .minutes(Int64(min(minutes, 24 * 60))) : nil
    }

    /// Returns whether an object counts calls that send a page's messages: each kind of call has its own allowance. An object
    /// without a kind counts.
    private static func isOurs(_ object: [String: Any]) -> Bool {
        WebhookEnvelope.text(object["type"]).map { ["messenger", "pages"].contains($0) } ?? true
    }

    private static func innermostObjects(in text: String) -> [[String: Any]] {
        // The source allows at most 32 objects, which take less than 8 KiB.
        text.utf8.prefix(8192).split(separator: UInt8(ascii: "{")).prefix(64)
            .compactMap { piece in
                guard let end = piece.firstIndex(of: UInt8(ascii: "}")) else { return nil }
                let object = Data("{".utf8) + Data(piece[..<end]) + Data("}".utf8)
                return try? JSONSerialization.jsonObject(with: object) as? [String: Any]
            }
    }

    private static func number(_ value: Any?) -> Int? {
        WebhookEnvelope.text(value).flatMap(Double.init).flatMap { $0 >= 0 ? Int(min($0, 1e9)) : nil }
    }
}
