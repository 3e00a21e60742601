import Crypto
import DripCore
import Foundation

/// The credential of a Graph API call: its access token, and `appsecret_proof`, which proves that the caller also knows the
/// app's secret. If the app requires the proof, a stolen token alone is useless.
///
/// The token is sent in a header, because proxies and servers log URLs but not headers. The proof is a query parameter, because
/// the platform accepts it in no header; without the token it is useless. Source: "Secure Graph API Calls".
struct GraphCredential: Hashable {
    let token: String
    let authorization: HTTPHeader
    /// HMAC-SHA256 of the token, with the app's secret as its key, in hexadecimal; nil: calls carry no proof.
    let proof: String?

    /// - Parameter appSecret: the secret of the app that issued the token; nil: no proof.
    init(token: String, appSecret: String?) {
        self.token = token
        authorization = HTTPHeader("Authorization", "Bearer \(token)")
        proof = appSecret.map { secret in
            let key = SymmetricKey(data: Data(secret.utf8))
            return HMAC<SHA256>.authenticationCode(for: Data(token.utf8), using: key).hexadecimal
        }
    }

    /// Returns a URL with the proof added.
    /// - Parameter url: the URL with its own parameters.
    func proven(_ url: String) -> String {
        guard let proof else { return url }
        return "\(url)\(url.utf8.contains(UInt8(ascii: "?")) ? "&" : "?")appsecret_proof=\(proof)"
    }

    /// Returns a request without a body.
    /// - Parameter url: the URL with its parameters.
    func request(
        _ method: HTTPRequest.Method,
        _ url: String,
        timeLimits: HTTPTimeLimits = .standard
    ) -> HTTPRequest {
        HTTPRequest(method: method, url: proven(url), headers: [authorization], timeLimits: timeLimits)
    }

    /// Returns a POST whose body is already JSON.
    func post(_ json: [UInt8], to url: String, timeLimits: HTTPTimeLimits = .standard) -> HTTPRequest {
        .postJSON(json, to: proven(url), headers: [authorization], timeLimits: timeLimits)
    }
}

/// The Graph API's time format: `2022-07-12T19:11:07+0000`.
enum GraphDate {
    static func instant(_ value: Any?) -> Instant? {
        guard let text = WebhookEnvelope.text(value),
            let date = try? Date(text, strategy: Date.ISO8601FormatStyle(timeZoneSeparator: .omitted))
        else { return nil }
        return Instant(toldSeconds: date.timeIntervalSince1970)
    }
}

/// One part of a list from the Graph API.
enum GraphList {
    /// - Parameter next: the cursor of the next part; nil after the last part.
    case items([[String: Any]], next: String?)
    case error(PlatformError)
    /// The answer is not from the platform.
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
        // The `next` URL contains the token and is not followed. Only its presence matters: there is another part.
        let hasMore = paging?["next"] is String
        let cursors = paging?["cursors"] as? [String: Any]
        self = .items(
            list.compactMap { $0 as? [String: Any] },
            next: hasMore ? WebhookEnvelope.text(cursors?["after"]) : nil
        )
    }
}
