import Foundation

/// A part of a list that the platform was asked for.
enum GraphList {
    /// - Parameter next: where the next part begins; nil behind the last.
    case items([[String: Any]], next: String?)
    case error(PlatformError)
    /// Whoever answered was not the platform.
    case unreadable(why: String)

    init(_ response: HTTPResponse) {
        guard let body = OutsideJSON.object(response.body) else {
            self = .unreadable(why: "HTTP \(response.status) with an answer that is not the platform's")
            return
        }
        if let error = PlatformError(body) {
            self = .error(error)
            return
        }
        guard response.status == 200, let list = body["data"] as? [Any] else {
            self = .unreadable(why: "HTTP \(response.status) without a list")
            return
        }
        let paging = body["paging"] as? [String: Any]
        // Its address has the token in it, and is not followed: only that it is there counts.
        let hasMore = paging?["next"] is String
        let cursors = paging?["cursors"] as? [String: Any]
        self = .items(
            list.compactMap { $0 as? [String: Any] },
            next: hasMore ? WebhookEnvelope.text(cursors?["after"]) : nil
        )
    }
}
