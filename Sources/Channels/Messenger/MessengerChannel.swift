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
    private let used: @Sendable (Usage, _ page: String) -> Void
    private let tokenRefused: @Sendable (_ page: String, _ why: String) -> Void

    /// - Parameters:
    ///   - uploads: carries the files, where they have a transport of their own.
    ///   - graphURL: with the version: `https://graph.facebook.com/v25.0`.
    ///   - timeLimits: of a message's request.
    ///   - personas: under whose name and picture a page speaks where a step says nothing else, by page id.
    ///   - appSecret: of the app that issued the tokens, for `appsecret_proof`; nil: the calls carry no proof.
    ///   - tokens: page access tokens, by page id.
    ///   - marketing: of the pages that send paid messages, by page id.
    ///   - used: called with what an answer says of a page's allowance, before its outcome is told.
    ///   - tokenRefused: called when the answer to anything but a message says that a page's token is dead.
    package init(
        transport: any Transport,
        uploads: (any Transport)? = nil,
        graphURL: String,
        timeLimits: HTTPTimeLimits = .standard,
        personas: [String: String] = [:],
        appSecret: String? = nil,
        tokens: [String: String],
        marketing: [String: MarketingAccount] = [:],
        used: @escaping @Sendable (Usage, _ page: String) -> Void = { _, _ in },
        tokenRefused: @escaping @Sendable (_ page: String, _ why: String) -> Void = { _, _ in }
    ) {
        self.transport = transport
        self.uploads = uploads ?? transport
        self.graphURL = graphURL.hasSuffix("/") ? String(graphURL.dropLast()) : graphURL
        self.timeLimits = timeLimits
        self.personas = personas
        credentials = Mutex(Credentials(appSecret: appSecret, tokens: tokens, marketing: marketing))
        self.used = used
        self.tokenRefused = tokenRefused
    }

    /// Takes new tokens, for the requests from now on.
    /// - Parameter appSecret: as at the channel's making.
    package func use(
        tokens: [String: String],
        appSecret: String? = nil,
        marketing: [String: MarketingAccount] = [:]
    ) {
        let new = Credentials(appSecret: appSecret, tokens: tokens, marketing: marketing)
        credentials.withLock { $0 = new }
    }

    /// nil where the page is not in the configuration any more.
    func credential(of page: String) -> GraphCredential? {
        credentials.withLock { $0.pages[page] }
    }

    /// Sends what is no message, and looks whether the answer calls the token dead.
    /// - Parameter uploads: by the transport for files.
    func ask(
        _ request: HTTPRequest,
        of page: String,
        as credential: GraphCredential,
        uploads isUpload: Bool = false
    ) async throws(TransportError)
        -> HTTPResponse
    {
        let response = try await (isUpload ? uploads : transport).send(request)
        // Another token may have come into force meanwhile.
        guard response.status != 200, self.credential(of: page) == credential,
            let error = PlatformError(
                OutsideJSON.object(response.body)
            ), error.isDeadToken
        else { return response }
        tokenRefused(page, error.words)
        return response
    }

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
                return try await market(part, from: page, to: token, key: key)
            }
            let request = credential.post(
                try SendRequest(part, to: recipient, persona: part.persona ?? personas[page], key: key).json(),
                to: messages(of: page),
                timeLimits: timeLimits
            )
            let response = try await transport.send(request)
            if let usage = UsageHeaders(response.headers).usage { used(usage, page) }
            return SendAnswer(response).outcome
        } catch let error as TransportError {
            return switch error.arrival {
            case .certainlyNot: .unsent(why: error.message)
            case .perhaps: .inDoubt(why: error.message)
            }
        } catch {
            return .unsent(why: "the message cannot be written: \(ErrorText.words(error))")
        }
    }

    private func market(
        _ part: MessagePart,
        from page: String,
        to subscription: String,
        key: DeliveryKey
    ) async throws -> Outcome {
        guard let (account, credential) = credentials.withLock({ $0.marketing[page] }) else {
            return .unsent(why: "page \(page) sends no paid messages any more")
        }
        let body = try MarketingRequest(part, token: subscription, campaign: account.campaign, key: key).json()
        let url = "\(graphURL)/act_\(Self.escaped(account.adAccount))/messages"
        let outcome = SendAnswer(try await transport.send(credential.post(body, to: url))).outcome
        // The ad account's rights are not the page's: that one goes on.
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
        // Ids and tokens, nearly all of them, need nothing; the set alone costs as much as writing a message.
        guard !text.utf8.allSatisfy(isUnreserved) else { return text }
        return text.addingPercentEncoding(
            withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        ) ?? text
    }

    /// What calls are made with: those of one reading of the secrets.
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
