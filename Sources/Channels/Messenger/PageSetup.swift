package import DripCore
import Foundation

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
        let (body, response) = try await ask(page, "me", ["fields": "id,name"])
        return TokenOwner(
            id: WebhookEnvelope.text(body["id"]) ?? "",
            name: WebhookEnvelope.text(body["name"]) ?? "",
            date: response.headers["date"].flatMap(Self.date)
        )
    }

    /// Source: "Webhooks", section "Subscribe your Page".
    package func subscribedFields(_ page: String) async throws(PageSetupError) -> SubscribedFields {
        let body = try await ask(page, "\(Self.escaped(page))/subscribed_apps").body
        let apps = body["data"] as? [[String: Any]] ?? []
        return SubscribedFields(apps: apps.map { Set($0["subscribed_fields"] as? [String] ?? []) })
    }

    /// The platform's success is the text "true" here. Source: the same.
    package func subscribe(_ page: String, to fields: [String]) async throws(PageSetupError) {
        let path = "\(Self.escaped(page))/subscribed_apps"
        let query: KeyValuePairs<String, String> = ["subscribed_fields": fields.joined(separator: ",")]
        let body = try await ask(page, path, query, method: .post).body
        guard body["success"] as? Bool == true || body["success"] as? String == "true" else {
            throw PageSetupError(why: "the platform does not say that it did it")
        }
    }

    /// The name under which a persona speaks. Source: "Personas".
    package func persona(_ id: String, of page: String) async throws(PageSetupError) -> String {
        let body = try await ask(page, Self.escaped(id), ["fields": "name"]).body
        return WebhookEnvelope.text(body["name"]) ?? ""
    }

    /// Source: "Messenger Profile API", `get_started`.
    package func hasGetStarted(_ page: String) async throws(PageSetupError) -> Bool {
        let body = try await ask(page, "me/messenger_profile", ["fields": "get_started"]).body
        return (body["data"] as? [[String: Any]] ?? []).contains { $0["get_started"] != nil }
    }

    private func ask(
        _ page: String,
        _ path: String,
        _ query: KeyValuePairs<String, String> = [:],
        method: HTTPRequest.Method = .get
    ) async throws(PageSetupError) -> (body: [String: Any], response: HTTPResponse) {
        guard let credential = credential(of: page) else { throw PageSetupError(why: "page \(page) has no token") }
        let parameters = query.map { "\($0.key)=\(Self.escaped($0.value))" }.joined(separator: "&")
        let url = "\(graphURL)/\(path)" + (parameters.isEmpty ? "" : "?\(parameters)")
        let request = credential.request(method, url)
        let response: HTTPResponse
        do {
            response = try await self.ask(request, of: page, as: credential)
        } catch {
            throw PageSetupError(why: error.message)
        }
        let body = OutsideJSON.object(response.body)
        if let error = PlatformError(body) { throw PageSetupError(why: error.words, cause: error.setupCause) }
        guard response.status == 200, let body else { throw PageSetupError(why: "HTTP \(response.status)") }
        return (body, response)
    }

    /// `Wed, 25 Nov 2026 10:00:00 GMT`: RFC 9110, section 5.6.7.
    private static func date(_ text: String) -> Instant? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.date(from: text).flatMap { Instant(toldSeconds: $0.timeIntervalSince1970) }
    }
}
