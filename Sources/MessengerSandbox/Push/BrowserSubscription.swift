import Crypto
import Foundation

/// A browser's subscription to a site's notifications.
package struct BrowserSubscription: Sendable {
    /// 16 bytes (RFC 8291, section 3.2).
    static let authenticationBytes = 16

    /// The URL that messages are posted to.
    package let endpoint: String
    /// The sandbox's clock; milliseconds since 1970.
    package let createdAt: Int64
    /// The key of the site; only its messages are accepted. The point of P-256, uncompressed.
    let applicationServerKey: [UInt8]
    let key: P256.KeyAgreement.PrivateKey
    let authentication: [UInt8]
    /// Whether messages reach the browser at once. If not, they wait for it.
    package internal(set) var isOnline = true
    /// Whether the person has ended the subscription.
    package internal(set) var isGone = false

    /// What the browser's `PushSubscription.toJSON()` returns.
    package var json: String { String(decoding: jsonValue.bytes, as: UTF8.self) }

    var jsonValue: JSON {
        [
            "endpoint": .string(endpoint), "expirationTime": nil,
            "keys": [
                "p256dh": .string(Base64URL.encode(key.publicKey.x963Representation)),
                "auth": .string(Base64URL.encode(authentication)),
            ],
        ]
    }
}

/// A message that the push service has accepted.
package struct PushNotification: Sendable, Equatable {
    package enum State: String, Sendable {
        case delivered
        /// The browser is offline.
        case waiting
        /// A later message of the same topic took its place before the browser was online.
        case replaced
        /// Its time to live was over before the browser was online.
        case expired
    }

    /// 1 for the first message, without gaps.
    package let number: Int
    /// The sandbox's clock; milliseconds since 1970.
    package let at: Int64
    package let endpoint: String
    /// What the site's service worker gets; nil if the browser cannot decrypt the message.
    package let payload: String?
    /// The reason why the browser drops the message.
    package let problem: String?
    package let ttlSeconds: Int64
    package let urgency: String
    package let topic: String?
    package internal(set) var state: State

    func isExpired(at now: Int64) -> Bool { at + ttlSeconds * 1000 <= now }
}
