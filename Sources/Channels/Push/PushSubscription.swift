import Crypto
package import Foundation

/// A browser's subscription to a site's notifications (Push API), as its `PushSubscription.toJSON()` gives it.
package struct PushSubscription: Hashable, Codable, Sendable {
    /// The push service's URL. It is used as it is: some contain `%2f`, which must not be decoded.
    package let endpoint: String
    /// The browser's public key: a point of P-256, uncompressed.
    package let key: Data
    /// 16 bytes that only the browser and the site know.
    package let authentication: Data

    /// The reason why a subscription cannot be used.
    package struct Flaw: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    private struct Form: Decodable {
        let endpoint: String
        let keys: [String: String]?
    }

    private static let longestEndpoint = 2_000
    private static let authenticationBytes = 16

    /// - Parameter json: what the browser sent; its base64 may be of any kind.
    /// - Parameter allowsLoopback: whether the push service may be on this machine, for trials.
    package init(json: Data, allowsLoopback: Bool = false) throws(Flaw) {
        guard let form = try? JSONDecoder().decode(Form.self, from: json) else {
            throw Flaw(description: "not a push subscription")
        }
        guard form.endpoint.utf8.count <= Self.longestEndpoint,
            PushService(endpoint: form.endpoint, allowsLoopback: allowsLoopback) != nil
        else {
            throw Flaw(description: "the endpoint is not an https URL of a public host")
        }
        guard let key = form.keys?["p256dh"].flatMap(Self.decoded),
            let authentication = form.keys?["auth"].flatMap(Self.decoded),
            authentication.count == Self.authenticationBytes
        else { throw Flaw(description: "the subscription has no keys, so that no message could be encrypted for it") }
        guard (try? P256.KeyAgreement.PublicKey(x963Representation: key)) != nil else {
            throw Flaw(description: "the subscription's key is not a point of P-256")
        }
        (endpoint, self.key, self.authentication) = (form.endpoint, key, authentication)
    }

    /// The subscription in the browsers' own form, as it is stored.
    package var json: String {
        let keys = #"{"p256dh":"\#(key.base64URL)","auth":"\#(authentication.base64URL)"}"#
        let escaped = endpoint.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return #"{"endpoint":"\#(escaped)","keys":\#(keys)}"#
    }

    /// Base64, with or without padding, of either alphabet.
    private static func decoded(_ text: String) -> Data? {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/").trimmingCharacters(in: ["="])
        return Data(base64Encoded: plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4))
    }
}

/// The service of a browser's vendor that takes notifications.
package struct PushService: Hashable, Sendable {
    /// Such as `https://fcm.googleapis.com`, for the token (RFC 8292, section 2).
    package let origin: String
    package let host: String
    /// A push service on this machine, for trials.
    let isThisMachine: Bool

    /// - Returns: nil if the endpoint is not an https URL on the usual port of a host with a public name. Everybody can make up
    ///   a subscription, and dripd sends a request there.
    package init?(endpoint: String, allowsLoopback: Bool = false) {
        if allowsLoopback, let url = URLComponents(string: endpoint), url.scheme == "http", url.user == nil,
            let host = url.host, ["127.0.0.1", "localhost"].contains(host)
        {
            (origin, self.host, isThisMachine) = ("http://\(host)" + (url.port.map { ":\($0)" } ?? ""), host, true)
            return
        }
        guard let url = URLComponents(string: endpoint), url.scheme == "https", url.user == nil, url.password == nil,
            url.port == nil || url.port == 443, let host = url.host?.lowercased(), Self.isPublicName(host)
        else { return nil }
        (origin, self.host, isThisMachine) = ("https://\(host)", host, false)
    }

    /// Whether it is a browser vendor's. Any other host may be made up to do harm: its answers count for its subscription alone.
    var isKnown: Bool {
        isThisMachine
            || ["fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com"].contains(host)
            || [".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com"].contains { host.hasSuffix($0) }
    }

    /// What this service needs besides the usual headers.
    var headers: [HTTPHeader] {
        // Without it, Microsoft's refuses notifications that it would have to keep.
        host.hasSuffix(".notify.windows.com") ? [HTTPHeader("X-WNS-Cache-Policy", "cache")] : []
    }

    /// An address in digits, a name without a dot, and the names of RFC 6761 are of some private network.
    private static func isPublicName(_ host: String) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 1, labels.allSatisfy({ !$0.isEmpty }), let last = labels.last,
            last.contains(where: \.isLetter), !host.contains(":")
        else { return false }
        return ![
            "localhost", "local", "internal", "lan", "home", "corp", "invalid", "test", "example", "onion", "arpa",
        ]
        .contains(String(last))
    }
}
