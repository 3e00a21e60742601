package import DripCore
import Foundation

/// The owner of an access token.
package struct TokenOwner: Hashable, Sendable {
    package let id: String
    package let name: String
    /// The platform's time, from the `Date` header; nil if the header is missing.
    package let date: Instant?
}

extension MessengerChannel {
    /// Returns the owner of a page's token: `GET {graph_url}/me`. With a page's token, `me` is the page. Source: "Send API" and
    /// "Page" references.
    package func tokenOwner(_ page: String) async throws(PageSetupError) -> TokenOwner {
        let (body, response) = try await ask(page, "me", ["fields": "id,name"])
        return TokenOwner(
            id: WebhookEnvelope.text(body["id"]) ?? "",
            name: WebhookEnvelope.text(body["name"]) ?? "",
            date: response.headers["date"].flatMap(Self.date)
        )
    }

    /// Returns the webhook fields that the page's apps are subscribed to. Source: "Webhooks", section "Subscribe your Page".
    package func subscribedFields(_ page: String) async throws(PageSetupError) -> SubscribedFields {
        let body = try await ask(page, "\(Self.escaped(page))/subscribed_apps").body
        let apps = body["data"] as? [[String: Any]] ?? []
        return SubscribedFields(apps: apps.map { Set($0["subscribed_fields"] as? [String] ?? []) })
    }

    /// Subscribes the page to webhook fields. The platform reports success as the text "true" here. Source: the same.
    package func subscribe(_ page: String, to fields: [String]) async throws(PageSetupError) {
        let path = "\(Self.escaped(page))/subscribed_apps"
        let query: KeyValuePairs<String, String> = ["subscribed_fields": fields.joined(separator: ",")]
        let body = try await ask(page, path, query, method: .post).body
        guard body["success"] as? Bool == true || body["success"] as? String == "true" else {
            throw PageSetupError(why: "the platform did not confirm the subscription")
        }
    }

    /// Returns a persona's display name. Source: "Personas".
    package func persona(_ id: String, of page: String) async throws(PageSetupError) -> String {
        let body = try await ask(page, Self.escaped(id), ["fields": "name"]).body
        return WebhookEnvelope.text(body["name"]) ?? ""
    }

    /// Returns whether the page has a Get Started button. Source: "Messenger Profile API", `get_started`.
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

/// A failure to read or change a page's setup. It never contains the token.
package struct PageSetupError: Error, Hashable, Sendable {
    package enum Cause: Hashable, Sendable {
        /// The token is invalid.
        case token
        /// The token is valid, but lacks the permission.
        case permission
        /// The object does not exist.
        case missing
        /// The failure may be temporary.
        case passing
    }

    package let why: String
    package let cause: Cause

    package init(why: String, cause: Cause = .passing) {
        self.why = why
        self.cause = cause
    }
}

/// The webhook fields that each of a page's apps is subscribed to. The answer does not say which app is ours, so the page
/// counts as subscribed if any one app has all fields.
package struct SubscribedFields: Hashable, Sendable {
    package let apps: [Set<String>]

    package init(apps: [Set<String>]) {
        self.apps = apps
    }

    /// Returns the missing fields of the app that lacks the fewest.
    package func missing(of fields: [WebhookField]) -> [WebhookField] {
        let lacks = apps.map { app in fields.filter { !app.contains($0.rawValue) } }
        return lacks.min { $0.count < $1.count } ?? fields
    }

    /// Returns the fields to subscribe to. The platform replaces the fields that an app had. If there is only one app, it is
    /// ours and keeps its fields.
    package func renewed(with fields: [WebhookField]) -> [String] {
        let kept = apps.count == 1 ? apps[0] : []
        return kept.union(fields.map(\.rawValue)).sorted()
    }
}
