import Channels
import Foundation

/// The content of a Send API request that a run needs.
struct RequestSummary: Sendable {
    let recipient: String
    let key: String
    let text: String?
    let isTemplate: Bool

    init(_ request: HTTPRequest) {
        let body = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: Any]
        let recipient = body?["recipient"] as? [String: Any]
        let message = body?["message"] as? [String: Any]
        self.recipient = recipient?["id"] as? String ?? recipient?["comment_id"] as? String ?? ""
        key = message?["metadata"] as? String ?? ""
        text = message?["text"] as? String
        isTemplate = message?["template"] != nil
    }
}
