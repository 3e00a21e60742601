import CCurl
package import DripCore
import Foundation
import Synchronization

/// Notifications to browsers, by the push services of their vendors (RFC 8030, 8291, 8292).
package final class PushChannel: Channel {
    private let transport: any Transport
    private let allowsLoopback: Bool
    private let now: @Sendable () -> Instant
    private let accounts: Mutex<[String: PushAccount]>

    /// How long a push service keeps a notification for a browser that is not there.
    private static let timeToLive = Milliseconds.days(1)

    /// - Parameters:
    ///   - accounts: by the ids of the configuration.
    ///   - allowsLoopback: whether subscriptions of a push service on this machine are used, for trials.
    package init(
        transport: any Transport,
        accounts: [String: PushAccount],
        allowsLoopback: Bool = false,
        now: @escaping @Sendable () -> Instant
    ) {
        self.transport = transport
        self.allowsLoopback = allowsLoopback
        self.now = now
        self.accounts = Mutex(accounts)
    }

    /// Replaces the accounts for all later notifications.
    package func use(_ new: [String: PushAccount]) {
        accounts.withLock { $0 = new }
    }

    package func deliver(_ message: OutgoingMessage) async -> Outcome {
        guard let account = accounts.withLock({ $0[message.account] }) else {
            return .unsent(why: "the push account \(message.account) is not in the configuration any more")
        }
        guard case .ofChannel(let content) = message.part.content else {
            return .refused(Self.refusal(.message, "content", "the step has no web push content"))
        }
        let details = Data((message.person.address.details ?? "").utf8)
        guard let subscription = try? PushSubscription(json: details, allowsLoopback: allowsLoopback),
            let service = PushService(endpoint: subscription.endpoint, allowsLoopback: allowsLoopback)
        else { return .refused(Self.refusal(.person, "subscription", "the subscription cannot be used")) }
        let tag = StableHash.hex(of: [message.key.description])
        let request: HTTPRequest
        do {
            let notification = try PushNotification(content, tag: tag, language: message.person.attributes["locale"])
                .json()
            request = HTTPRequest(
                method: .post,
                url: subscription.endpoint,
                headers: [
                    HTTPHeader("TTL", String(Self.timeToLive.milliseconds / 1000)), HTTPHeader("Urgency", "normal"),
                    // A repetition replaces a copy that was not delivered yet.
                    HTTPHeader("Topic", tag), HTTPHeader("Content-Encoding", "aes128gcm"),
                    HTTPHeader("Content-Type", "application/octet-stream"),
                    HTTPHeader(
                        "Authorization",
                        try account.key.authorization(for: service.origin, contact: account.contact, now: now())
                    ),
                ] + service.headers,
                body: Array(try PushEncryption.encrypt(notification, for: subscription)),
                mayReachPrivateHosts: service.isThisMachine
            )
        } catch let error as PushEncryption.TooLong {
            return .refused(
                Self.refusal(
                    .message,
                    "413",
                    "the notification has \(error.bytes) bytes, over \(PushEncryption.longest)"
                )
            )
        } catch {
            return .unsent(why: "cannot encrypt the notification: \(error)")
        }
        do {
            return PushAnswer(try await transport.send(request), of: service).outcome(tag: tag, at: now())
        } catch {
            return switch error.arrival {
            // A made-up host must not make all other notifications wait. Every other failure is dripd's own.
            case .certainlyNot where !service.isKnown && [.resolve, .connect, .tls, .timeout].contains(error.kind):
                .refused(Self.refusal(.retry, error.kind.rawValue, error.message))
            case .certainlyNot: .unsent(why: error.message)
            case .perhaps: .inDoubt(why: error.message)
            }
        }
    }

    private static func refusal(_ meaning: Refusal.Meaning, _ code: String, _ why: String) -> Refusal {
        Refusal(meaning: meaning, code: code, message: why, retryAfter: nil)
    }
}

/// A site that sends notifications, from one read of the configuration and its secrets.
package struct PushAccount: Sendable {
    package let key: VAPIDKey
    /// A `mailto:` or `https:` URL of the operator.
    package let contact: String

    package init(key: VAPIDKey, contact: String) {
        self.key = key
        self.contact = contact
    }
}

/// A notification in the declarative form, which some browsers show without a service worker, and which dripd's worker reads.
/// Source: webkit.org/blog/16535.
struct PushNotification: Encodable {
    let web_push = 8030
    let notification: Content

    struct Content: Encodable {
        let title: String
        let body: String
        let navigate: String?
        let lang: String?
        /// A notification with the same tag replaces the shown one.
        let tag: String
    }

    init(_ content: ChannelMessage, tag: String, language: String?) {
        notification = Content(
            title: content.fields["title"] ?? "",
            body: content.fields["body"] ?? "",
            navigate: content.fields["url"].flatMap { $0.isEmpty ? nil : $0 } ?? content.firstURL,
            lang: language.map { String($0.prefix { $0 != "_" && $0 != "-" }) },
            tag: tag
        )
    }

    func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }
}

/// What a push service answered. The vendors agree on little but the codes, and Microsoft's reasons are in headers.
struct PushAnswer {
    let response: HTTPResponse
    let service: PushService

    /// Longer waits are not believed.
    private static let longestWait = Milliseconds.days(1)

    init(_ response: HTTPResponse, of service: PushService) {
        self.response = response
        self.service = service
    }

    func outcome(tag: String, at now: Instant) -> Outcome {
        (200..<300).contains(response.status) ? .accepted(messageID: tag) : .refused(refusal(at: now))
    }

    private func refusal(at now: Instant) -> Refusal {
        let text = String(decoding: response.body.prefix(500), as: UTF8.self)
        let hints = ["X-WNS-Error-Description", "X-WNS-Status"].compactMap { name in
            response.headers[name].map { "\(name): \($0)" }
        }
        return Refusal(
            meaning: meaning(text),
            code: String(response.status),
            message: ([text] + hints).filter { !$0.isEmpty }.joined(separator: "; "),
            retryAfter: response.headers["Retry-After"].flatMap { wait($0, from: now) }
        )
    }

    /// - Parameter text: seconds, or a date (RFC 9110, section 10.2.3).
    private func wait(_ text: String, from now: Instant) -> Milliseconds? {
        let seconds: Int64
        if let number = Int64(text) {
            seconds = number
        } else {
            let date = Int64(curl_getdate(text, nil))
            guard date >= 0 else { return nil }
            seconds = date - now.milliseconds / 1000
        }
        return .seconds(min(max(seconds, 0), Self.longestWait.milliseconds / 1000))
    }

    private func meaning(_ text: String) -> Refusal.Meaning {
        let meaning = vendorsMeaning(text)
        guard !service.isKnown else { return meaning }
        // Everybody can make up a subscription. What such a host answers says nothing about the site.
        return switch meaning {
        case .perhapsPage, .message: .person
        case .slowDown: .retry
        default: meaning
        }
    }

    private func vendorsMeaning(_ text: String) -> Refusal.Meaning {
        switch response.status {
        case 404, 410: .person
        // Made with another key of the site: of no use any more. Everything else concerns the site.
        case 403 where text.contains("do not correspond"): .person
        case 400 where text.contains("UnauthorizedRegistration"): .person
        // 400: a header of ours.
        case 400, 401, 403: .perhapsPage
        case 413: .message
        case 406, 429: .slowDown
        // A redirect is not followed: something before the push service answered.
        case 300..<400, 500...: .retry
        default: .message
        }
    }
}
