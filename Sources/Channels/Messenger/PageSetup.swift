package import DripCore
import Foundation

/// Why the platform did not say how a page is set up. Never holds the token.
package struct PageSetupError: Error, Hashable, Sendable {
    package let why: String
}

/// Whose a token is.
package struct TokenOwner: Hashable, Sendable {
    package let id: String
    package let name: String
    /// The platform's clock, where its answer told it.
    package let date: Instant?
}

extension MessengerChannel {
    /// `GET {graph_url}/me`: with a page's token, `me` is the page. Source: "Send API" and "Page" references.
    package func tokenOwner(_ page: String) async throws(PageSetupError) -> TokenOwner {
        let (body, response) = try await ask("me", fields: "id,name", page)
        return TokenOwner(
            id: WebhookEnvelope.text(body["id"]) ?? "",
            name: WebhookEnvelope.text(body["name"]) ?? "",
            date: response.headers["date"].flatMap(Self.date)
        )
    }

    /// The webhook fields that any app has subscribed the page to. Source: "Webhooks", section "Subscribe your Page".
    package func subscribedFields(_ page: String) async throws(PageSetupError) -> Set<String> {
        let body = try await ask("\(Self.escaped(page))/subscribed_apps", fields: nil, page).body
        let apps = body["data"] as? [[String: Any]] ?? []
        return Set(apps.flatMap { $0["subscribed_fields"] as? [String] ?? [] })
    }

    /// Source: "Messenger Profile API", `get_started`.
    package func hasGetStarted(_ page: String) async throws(PageSetupError) -> Bool {
        let body = try await ask("me/messenger_profile", fields: "get_started", page).body
        return (body["data"] as? [[String: Any]] ?? []).contains { $0["get_started"] != nil }
    }

    private func ask(
        _ path: String,
        fields: String?,
        _ page: String
    ) async throws(PageSetupError) -> (body: [String: Any], response: HTTPResponse) {
        guard let token = token(of: page) else { throw PageSetupError(why: "page \(page) has no token") }
        let fields = fields.map { "fields=\(Self.escaped($0))&" } ?? ""
        let request = HTTPRequest(
            method: .get,
            url: "\(graphURL)/\(path)?\(fields)access_token=\(Self.escaped(token))"
        )
        let response: HTTPResponse
        do {
            response = try await transport.send(request)
        } catch {
            throw PageSetupError(why: error.message)
        }
        let body = try? JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any]
        if let error = body?["error"] as? [String: Any] {
            let code = WebhookEnvelope.text(error["code"]) ?? ""
            throw PageSetupError(why: "\(code) \((WebhookEnvelope.text(error["message"]) ?? "").prefix(200))")
        }
        guard response.status == 200, let body else { throw PageSetupError(why: "HTTP \(response.status)") }
        return (body, response)
    }

    /// `Wed, 25 Nov 2026 10:00:00 GMT`: RFC 9110, section 5.6.7.
    private static func date(_ text: String) -> Instant? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.date(from: text).map { Instant(milliseconds: Int64($0.timeIntervalSince1970 * 1000)) }
    }
}
