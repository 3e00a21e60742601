package import DripCore
import Foundation
import Synchronization

/// The Messenger Platform's Send API: `POST {graph_url}/{PAGE_ID}/messages`.
package final class MessengerChannel: Channel {
    let transport: any Transport
    let uploads: any Transport
    let graphURL: String
    private let timeLimits: HTTPTimeLimits
    private let personas: [String: String]
    private let credentials: Mutex<Credentials>
    private let onUsage: @Sendable (Usage, _ page: String) -> Void
    private let onTokenRefused: @Sendable (_ page: String, _ why: String) -> Void

    /// - Parameters:
    ///   - uploads: the transport for files; nil: the same as for messages.
    ///   - graphURL: with the version: `https://graph.facebook.com/v25.0`.
    ///   - timeLimits: for requests that send messages.
    ///   - personas: the persona of each page for steps that name none, by page id.
    ///   - appSecret: the secret of the app that issued the tokens, for `appsecret_proof`; nil: calls carry no proof.
    ///   - tokens: page access tokens, by page id.
    ///   - marketing: the ad accounts of pages that send paid messages, by page id.
    ///   - onUsage: called with the rate-limit usage that an answer reports, before the outcome is returned.
    ///   - onTokenRefused: called when the answer to any call other than a send says that a page's token is invalid.
    package init(
        transport: any Transport,
        uploads: (any Transport)? = nil,
        graphURL: String,
        timeLimits: HTTPTimeLimits = .standard,
        personas: [String: String] = [:],
        appSecret: String? = nil,
        tokens: [String: String],
        marketing: [String: MarketingAccount] = [:],
        onUsage: @escaping @Sendable (Usage, _ page: String) -> Void = { _, _ in },
        onTokenRefused: @escaping @Sendable (_ page: String, _ why: String) -> Void = { _, _ in }
    ) {
        self.transport = transport
        self.uploads = uploads ?? transport
        self.graphURL = graphURL.hasSuffix("/") ? String(graphURL.dropLast()) : graphURL
        self.timeLimits = timeLimits
        self.personas = personas
        credentials = Mutex(Credentials(appSecret: appSecret, tokens: tokens, marketing: marketing))
        self.onUsage = onUsage
        self.onTokenRefused = onTokenRefused
    }

    /// Replaces the credentials for all later requests.
    /// - Parameter appSecret: as in `init`.
    package func use(
        tokens: [String: String],
        appSecret: String? = nil,
        marketing: [String: MarketingAccount] = [:]
    ) {
        let new = Credentials(appSecret: appSecret, tokens: tokens, marketing: marketing)
        credentials.withLock { $0 = new }
    }

    /// Returns the credential of a page; nil if the page is no longer in the configuration.
    func credential(of page: String) -> GraphCredential? {
        credentials.withLock { $0.pages[page] }
    }

    /// Sends a call other than a message, and reports the token if the answer says that it is invalid.
    /// - Parameter uploads: whether to use the transport for files.
    func ask(
        _ request: HTTPRequest,
        of page: String,
        as credential: GraphCredential,
        uploads isUpload: Bool = false
    ) async throws(TransportError)
        -> HTTPResponse
    {
        let response = try await (isUpload ? uploads : transport).send(request)
        // Does not report a token that was replaced in the meantime.
        guard response.status != 200, self.credential(of: page) == credential,
            let error = PlatformError(
                OutsideJSON.object(response.body)
            ), error.isTokenInvalid
        else { return response }
        onTokenRefused(page, error.words)
        return response
    }

    package func deliver(_ message: OutgoingMessage) async -> Outcome {
        await deliver(message.part, from: message.account, to: message.recipient, key: message.key)
    }

    /// - Parameters:
    ///   - page: the id of the page that sends.
    ///   - recipient: the person, comment or token that the message is for.
    ///   - key: sent with the message; the platform returns it in the echo.
    package func deliver(
        _ part: MessagePart,
        from page: String,
        to recipient: Recipient,
        key: DeliveryKey
    ) async -> Outcome {
        guard let credential = credential(of: page) else {
            return .unsent(why: "page \(page) is not in the configuration any more")
        }
        do {
            if case .marketing(let token) = recipient {
                return try await deliverPaid(part, from: page, to: token, key: key)
            }
            let request = credential.post(
                try SendRequest(part, to: recipient, persona: part.persona ?? personas[page], key: key).json(),
                to: messages(of: page),
                timeLimits: timeLimits
            )
            let response = try await transport.send(request)
            if let usage = UsageHeaders(response.headers).usage { onUsage(usage, page) }
            return SendAnswer(response).outcome
        } catch let error as TransportError {
            return switch error.arrival {
            case .certainlyNot: .unsent(why: error.message)
            case .perhaps: .inDoubt(why: error.message)
            }
        } catch {
            return .unsent(why: "cannot encode the message: \(ErrorDescription.words(error))")
        }
    }

    private func deliverPaid(
        _ part: MessagePart,
        from page: String,
        to subscription: String,
        key: DeliveryKey
    ) async throws -> Outcome {
        guard let (account, credential) = credentials.withLock({ $0.marketing[page] }) else {
            return .unsent(why: "page \(page) is no longer configured to send paid messages")
        }
        let body = try MarketingRequest(part, token: subscription, campaign: account.campaign, key: key).json()
        let url = "\(graphURL)/act_\(Self.escaped(account.adAccount))/messages"
        let outcome = SendAnswer(try await transport.send(credential.post(body, to: url))).outcome
        // Only the ad account lacks a permission, so the page continues to send its other messages.
        guard case .refused(let refusal) = outcome, [.page, .perhapsPage].contains(refusal.meaning) else {
            return outcome
        }
        return .refused(
            Refusal(meaning: .account, code: refusal.code, message: refusal.message, retryAfter: refusal.retryAfter)
        )
    }

    package func show(_ typing: Typing, from page: String) async {
        guard let credential = credential(of: page),
            let body = try? TypingRequest(to: typing.address, persona: typing.persona ?? personas[page]).json()
        else { return }
        _ = try? await transport.send(
            credential.post(body, to: messages(of: page), timeLimits: TypingRequest.timeLimits)
        )
    }

    private func messages(of page: String) -> String {
        "\(graphURL)/\(Self.escaped(page))/messages"
    }

    static func escaped(_ text: String) -> String {
        // Nearly all ids and tokens need no escaping, and the character set alone costs as much as encoding a message.
        guard !text.utf8.allSatisfy(isUnreserved) else { return text }
        return text.addingPercentEncoding(
            withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        ) ?? text
    }

    /// All access credentials, from one read of the secrets.
    private struct Credentials {
        let pages: [String: GraphCredential]
        let marketing: [String: (account: MarketingAccount, credential: GraphCredential)]

        init(appSecret: String?, tokens: [String: String], marketing accounts: [String: MarketingAccount]) {
            pages = tokens.mapValues { GraphCredential(token: $0, appSecret: appSecret) }
            marketing = accounts.mapValues { ($0, GraphCredential(token: $0.token, appSecret: appSecret)) }
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default:
            "-._~".utf8.contains(byte)
        }
    }
}

/// The body of the request for a typing indicator, which is never sent together with a message. Source: Send API reference,
/// "Sender actions". The reference does not mention `persona_id` here, but other programs send it.
struct TypingRequest: Encodable {
    let recipient: SendRequest.Recipient
    let senderAction = "typing_on"
    let personaID: String?

    /// A later indicator would only appear after the message.
    static let timeLimits = HTTPTimeLimits(connectMilliseconds: 5_000, totalMilliseconds: 5_000, stallSeconds: 5)

    enum CodingKeys: String, CodingKey {
        case recipient
        case senderAction = "sender_action"
        case personaID = "persona_id"
    }

    init(to address: String, persona: String?) {
        recipient = SendRequest.Recipient(.person(address))
        personaID = persona
    }

    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self))
    }
}

/// An m.me link. It opens the conversation with a page, and its ref comes back with the person's first tap or message. Source:
/// "m.me Links" reference.
package enum ContactLink {
    /// - Parameters:
    ///   - page: the id or user name of a page.
    ///   - ref: only characters that `Referrals` allows.
    package static func url(page: String, ref: String) -> String {
        // Of these characters, only '=' is special in a query.
        "https://m.me/\(page)?ref=\(ref.replacing("=", with: "%3D"))"
    }
}
