package import DripCore
import Foundation

/// The platform's list of a page's conversations. Source: "Conversations API": `participants`, `updated_time`, and the latest
/// 20 messages with their details.
struct ConversationsResponse {
    static let messages = 20

    private let response: HTTPResponse
    private let page: String

    init(_ response: HTTPResponse, page: String) {
        self.response = response
        self.page = page
    }

    var answer: ConversationsAnswer {
        switch GraphList(response) {
        case .unreadable(let why): .later(why: why)
        case .error(let error): answer(to: error)
        case .items(let items, let next):
            .found(
                ConversationPage(
                    conversations: items.compactMap(conversation),
                    next: next,
                    readAt: response.headers["date"].flatMap(Self.httpDate)
                )
            )
        }
    }

    /// Returns nil if the page is the only participant: the person has left the platform and cannot be written to.
    private func conversation(_ item: [String: Any]) -> Conversation? {
        let parties = Self.list(item["participants"])
        guard let person = parties.first(where: { WebhookEnvelope.text($0["id"]) != page }),
            let address = WebhookEnvelope.text(person["id"]), !address.isEmpty
        else { return nil }
        let items = Self.list(item["messages"])
        let messages = items.compactMap(message)
        guard let updatedAt = GraphDate.instant(item["updated_time"]) ?? messages.map(\.at).max() else { return nil }
        return Conversation(
            person: address,
            name: WebhookEnvelope.text(person["name"]).map(OutsideText.name),
            updatedAt: updatedAt,
            messages: messages,
            reach: reach(item["messages"], items, messages)
        )
    }

    /// Returns the time from which all messages are known. If the conversation has more messages than are listed, or if some
    /// lack details, that is the time of the oldest message with details or of the latest without, whichever is later.
    private func reach(_ list: Any?, _ items: [[String: Any]], _ messages: [Conversation.Message]) -> Instant {
        let paging = (list as? [String: Any])?["paging"] as? [String: Any]
        if paging?["next"] == nil, messages.count == items.count, items.count < Self.messages { return .distantPast }
        // A message without a time may be from any time.
        let withoutDetails = items.filter { message($0) == nil }.map {
            GraphDate.instant($0["created_time"]) ?? .distantFuture
        }
        return max(messages.map(\.at).min() ?? .distantFuture, withoutDetails.max() ?? .distantPast)
    }

    /// Returns nil for a message without details: the platform names the author of the latest messages only.
    private func message(_ item: [String: Any]) -> Conversation.Message? {
        guard let id = WebhookEnvelope.text(item["id"]), let at = GraphDate.instant(item["created_time"]),
            let from = (item["from"] as? [String: Any]).flatMap({ WebhookEnvelope.text($0["id"]) })
        else { return nil }
        let text = WebhookEnvelope.text(item["message"], atMost: Contacts.longestScalars + 1)
        return Conversation.Message(
            id: id,
            at: at,
            isFromPerson: from != page,
            text: text?.isEmpty == true ? nil : text,
            attachments: Self.list(item["attachments"]).map(Self.attachment)
        )
    }

    /// Source: "Message Attachment", Graph API: `mime_type`, `image_data`, `video_data`, `file_url`, `generic_template`.
    private static func attachment(_ item: [String: Any]) -> Conversation.Message.Attachment {
        if let card = item["generic_template"] as? [String: Any] {
            let texts = ["title", "subtitle"].compactMap { WebhookEnvelope.text(card[$0]) }
            return .init(kinds: [], text: texts.isEmpty ? nil : texts.joined(separator: " "))
        }
        let type = WebhookEnvelope.text(item["mime_type"])?.prefix { $0 != "/" }
        // A picture, a video or audio may have been sent as a file.
        if item["image_data"] != nil || type == "image" { return .init(kinds: [.image, .file]) }
        if item["video_data"] != nil || type == "video" { return .init(kinds: [.video, .file]) }
        if type == "audio" { return .init(kinds: [.audio, .file]) }
        if item["file_url"] != nil { return .init(kinds: type == nil ? [.audio, .file] : [.file]) }
        return .init(kinds: nil)
    }

    private static func list(_ value: Any?) -> [[String: Any]] {
        ((value as? [String: Any])?["data"] as? [Any] ?? []).compactMap { $0 as? [String: Any] }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`. Source: RFC 9110, section 5.6.7.
    private static func httpDate(_ text: String) -> Instant? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.date(from: text).flatMap { Instant(toldSeconds: $0.timeIntervalSince1970) }
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
    /// Fetches one part of a page's conversations: `GET {graph_url}/{PAGE_ID}/conversations`. The platform allows two such
    /// calls a second.
    /// - Parameter after: the cursor that the previous part returned; nil for the first part.
    package func conversations(of page: String, after: String?) async -> ConversationsAnswer {
        let fields = "id,created_time,from,message"
        return await ask(page, fields, "limit=25" + (after.map { "&after=\(Self.escaped($0))" } ?? ""))
    }

    /// Fetches a page's conversation with one person, if there is one: the same call, with `user_id={PSID}` and the same rate
    /// limit. (The messages' `attachments` field is known from answers that libraries keep for their tests.)
    package func conversation(of page: String, with person: String) async -> ConversationsAnswer {
        await ask(page, "id,created_time,from,message,attachments", "user_id=\(Self.escaped(person))")
    }

    /// - Parameter messageFields: the fields to request for each message.
    private func ask(_ page: String, _ messageFields: String, _ query: String) async -> ConversationsAnswer {
        guard let credential = credential(of: page) else {
            return .refused(why: "page \(page) is not in the configuration any more")
        }
        let messages = "messages.limit(\(ConversationsResponse.messages)){\(messageFields)}"
        let url =
            "\(graphURL)/\(Self.escaped(page))/conversations?platform=messenger"
            + "&fields=\(Self.escaped("participants,updated_time,\(messages)"))&\(query)"
        do {
            let response = try await self.ask(credential.request(.get, url), of: page, as: credential)
            return ConversationsResponse(response, page: page).answer
        } catch {
            return .later(why: error.message)
        }
    }
}
