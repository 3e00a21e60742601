package import DripCore
import Foundation

/// Reads a page's list of conversations. Source: "Conversations API": `participants`, `updated_time`, and of the messages the
/// latest 20 with their details.
struct ConversationsResponse {
    private let response: HTTPResponse
    private let page: String

    init(_ response: HTTPResponse, page: String) {
        self.response = response
        self.page = page
    }

    var answer: ConversationsAnswer {
        guard let body = try? JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any] else {
            return .later(why: "HTTP \(response.status) with an answer that is not the platform's")
        }
        if let error = PlatformError(body) { return answer(to: error) }
        guard response.status == 200, let list = body["data"] as? [Any] else {
            return .later(why: "HTTP \(response.status) without a list")
        }
        let paging = body["paging"] as? [String: Any]
        // Its address has the token in it, and is not followed: only that it is there counts.
        let hasMore = paging?["next"] is String
        let cursors = paging?["cursors"] as? [String: Any]
        return .found(
            ConversationPage(
                conversations: list.compactMap { ($0 as? [String: Any]).flatMap(conversation) },
                next: hasMore ? WebhookEnvelope.text(cursors?["after"]) : nil
            )
        )
    }

    /// nil where nobody takes part but the page: who has left the platform is nobody to write to.
    private func conversation(_ item: [String: Any]) -> Conversation? {
        let parties = Self.list(item["participants"])
        guard let person = parties.first(where: { WebhookEnvelope.text($0["id"]) != page }),
            let address = WebhookEnvelope.text(person["id"]), !address.isEmpty
        else { return nil }
        let messages = Self.list(item["messages"]).compactMap(message)
        guard let updatedAt = GraphDate.instant(item["updated_time"]) ?? messages.map(\.at).max() else { return nil }
        return Conversation(
            person: address,
            name: WebhookEnvelope.text(person["name"]),
            updatedAt: updatedAt,
            messages: messages
        )
    }

    /// nil for one without details: the platform tells of the latest alone who wrote it.
    private func message(_ item: [String: Any]) -> Conversation.Message? {
        guard let id = WebhookEnvelope.text(item["id"]), let at = GraphDate.instant(item["created_time"]),
            let from = (item["from"] as? [String: Any]).flatMap({ WebhookEnvelope.text($0["id"]) })
        else { return nil }
        let text = WebhookEnvelope.text(item["message"])
        return Conversation.Message(
            id: id,
            at: at,
            isFromPerson: from != page,
            text: text?.isEmpty == true ? nil : text
        )
    }

    private static func list(_ value: Any?) -> [[String: Any]] {
        ((value as? [String: Any])?["data"] as? [Any] ?? []).compactMap { $0 as? [String: Any] }
    }

    private func answer(to error: PlatformError) -> ConversationsAnswer {
        switch error.meaning {
        case .refused(.slowDown, _), .refused(.retry, _), .refused(.perhapsPage, _), .inDoubt:
            return .later(why: error.words)
        case .refused: return .refused(why: error.words)
        }
    }
}

extension MessengerChannel {
    /// A page's conversations: `GET {graph_url}/{PAGE_ID}/conversations`. The platform allows two such calls a second.
    /// - Parameter after: where to go on, as the page before says.
    package func conversations(of page: String, after: String?) async -> ConversationsAnswer {
        guard let token = token(of: page) else {
            return .refused(why: "page \(page) is not in the configuration any more")
        }
        let fields = "participants,updated_time,messages.limit(20){id,created_time,from,message}"
        var url =
            "\(graphURL)/\(Self.escaped(page))/conversations?platform=messenger&fields=\(Self.escaped(fields))&limit=25"
        if let after { url += "&after=\(Self.escaped(after))" }
        do {
            let request = HTTPRequest(method: .get, url: url + "&access_token=\(Self.escaped(token))")
            return ConversationsResponse(try await transport.send(request), page: page).answer
        } catch {
            return .later(why: error.message)
        }
    }
}
