import Crypto
import DripCore
import Foundation

/// What a call of the Graph API shows: its access token, and the proof that the caller knows the app's secret as well
/// (`appsecret_proof`), with which a stolen token alone is worth nothing to an app that requires it.
///
/// The token is in a header: URLs are written into the logs of proxies and servers, and headers are not. The proof is a
/// parameter, since the platform knows no header for it; without the token it opens nothing. Source: "Secure Graph API Calls".
struct GraphCredential: Hashable {
    let token: String
    let authorization: HTTPHeader
    /// HMAC-SHA256 of the token under the app's secret, in hexadecimal digits; nil: the calls carry no proof.
    let proof: String?

    /// - Parameter appSecret: of the app that issued the token; nil: no proof.
    init(token: String, appSecret: String?) {
        self.token = token
        authorization = HTTPHeader("Authorization", "Bearer \(token)")
        proof = appSecret.map { secret in
            let key = SymmetricKey(data: Data(secret.utf8))
            return HMAC<SHA256>.authenticationCode(for: Data(token.utf8), using: key).hexadecimal
        }
    }

    /// - Parameter url: what is asked for, with its own parameters.
    func proven(_ url: String) -> String {
        guard let proof else { return url }
        return "\(url)\(url.utf8.contains(UInt8(ascii: "?")) ? "&" : "?")appsecret_proof=\(proof)"
    }

    /// A request without a body.
    /// - Parameter url: with its parameters.
    func request(
        _ method: HTTPRequest.Method,
        _ url: String,
        timeLimits: HTTPTimeLimits = .standard
    ) -> HTTPRequest {
        HTTPRequest(method: method, url: proven(url), headers: [authorization], timeLimits: timeLimits)
    }

    /// A request whose body is JSON already.
    func post(_ json: [UInt8], to url: String, timeLimits: HTTPTimeLimits = .standard) -> HTTPRequest {
        .postJSON(json, to: proven(url), headers: [authorization], timeLimits: timeLimits)
    }
}
