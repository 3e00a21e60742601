import DripCore
import Foundation

/// What the platform's answers say of the allowance of calls. Source: "Graph API rate limits", section "Headers"; of
/// `X-Page-Usage` no document was seen, it is read like `X-App-Usage`.
///
/// ```
/// X-App-Usage: {"call_count":28,"total_time":25,"total_cputime":25}
/// X-Business-Use-Case-Usage: {"<id>":[{"type":"messenger","call_count":100,…,"estimated_time_to_regain_access":19}]}
/// ```
struct UsageHeaders {
    private let objects: [[String: Any]]

    /// The platform's own sample has the same key twice, which a JSON reader may refuse or halve: only the innermost objects
    /// are read, each by itself.
    init(_ headers: HTTPResponseHeaders) {
        objects = ["x-app-usage", "x-page-usage", "x-business-use-case-usage"].flatMap { name in
            Self.innermostObjects(in: headers[name] ?? "").filter(Self.isOurs)
        }
    }

    /// nil where the answer says nothing.
    var usage: Usage? {
        let percents = objects.flatMap { object in
            ["call_count", "total_time", "total_cputime"].compactMap { Self.number(object[$0]) }
        }
        return percents.max().map { Usage(percent: min($0, 1000), regainAfter: regainAfter) }
    }

    var regainAfter: Span? {
        let minutes = objects.compactMap { Self.number($0["estimated_time_to_regain_access"]) }.max() ?? 0
        return minutes > 0 ? .minutes(Int64(min(minutes, 24 * 60))) : nil
    }

    /// Of the kinds of calls that are counted apart, those that a page's messages belong to.
    private static func isOurs(_ object: [String: Any]) -> Bool {
        WebhookEnvelope.text(object["type"]).map { ["messenger", "pages"].contains($0) } ?? true
    }

    private static func innermostObjects(in text: String) -> [[String: Any]] {
        // 32 objects at most, the source says: that is less than 8 KiB.
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
