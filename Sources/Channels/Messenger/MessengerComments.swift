package import DripCore
import Foundation

/// The platform's list of a post's comments. No documentation of this list was available: the fields are those that other
/// programs request, so each of them may be missing.
struct PostedCommentsResponse {
    private let response: HTTPResponse
    private let page: String

    init(_ response: HTTPResponse, page: String) {
        self.response = response
        self.page = page
    }

    var answer: PostedCommentsAnswer {
        switch GraphList(response) {
        case .unreadable(let why): .later(why: why)
        case .error(let error): answer(to: error)
        case .items(let items, let next): .found(PostedComments(comments: items.compactMap(comment), next: next))
        }
    }

    /// Returns nil for a comment by the page itself, and for one without an id or a time.
    private func comment(_ item: [String: Any]) -> PostedComment? {
        guard let id = WebhookEnvelope.text(item["id"]), let at = GraphDate.instant(item["created_time"]) else {
            return nil
        }
        let from = item["from"] as? [String: Any]
        let author = WebhookEnvelope.text(from?["id"])
        guard author != page else { return nil }
        let text = WebhookEnvelope.text(item["message"], atMost: Phrase.longestComment + 1)
        return PostedComment(
            id: id,
            at: at,
            author: author,
            name: WebhookEnvelope.text(from?["name"]).map(OutsideText.name),
            text: text?.isEmpty == true ? nil : text,
            mayBeRepliedTo: item["can_reply_privately"] as? Bool
        )
    }

    private func answer(to error: PlatformError) -> PostedCommentsAnswer {
        switch error.meaning {
        // 100/33 and similar codes: the object does not exist.
        case .refused(.person, _), .refused(.message, _), .refused(.attachment, _): .unknownPost(why: error.words)
        case .refused(.slowDown, _), .refused(.retry, _), .refused(.perhapsPage, _), .inDoubt: .later(why: error.words)
        case .refused: .refused(why: error.words)
        }
    }
}

extension MessengerChannel {
    /// Fetches one part of the comments on a post and the replies to them, oldest first: `GET {graph_url}/{POST_ID}/comments`.
    /// - Parameter after: the cursor that the previous part returned; nil for the first part.
    package func comments(under post: String, of page: String, after: String?) async -> PostedCommentsAnswer {
        guard let credential = credential(of: page) else {
            return .refused(why: "page \(page) is not in the configuration any more")
        }
        let fields = "id,created_time,from,message,can_reply_privately"
        var url =
            "\(graphURL)/\(Self.escaped(post))/comments?filter=stream&order=chronological&limit=50"
            + "&fields=\(Self.escaped(fields))"
        if let after { url += "&after=\(Self.escaped(after))" }
        // An operator waits for the answer, and the command has a longer time limit than this.
        let limits = HTTPTimeLimits(connectMilliseconds: 5_000, totalMilliseconds: 15_000, stallSeconds: 15)
        do {
            let request = credential.request(.get, url, timeLimits: limits)
            return PostedCommentsResponse(try await ask(request, of: page, as: credential), page: page).answer
        } catch {
            return .later(why: error.message)
        }
    }
}
