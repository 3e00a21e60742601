package import DripCore
import Foundation
import Synchronization

/// The Messenger Platform's Send API: `POST {graph_url}/{PAGE_ID}/messages`.
package final class MessengerChannel: Channel {
    let transport: any Transport
    let uploads: any Transport
    let graphURL: String
    private let timeLimits: HTTPTimeLimits
    private let tokens: Mutex<[String: String]>
    private let used: @Sendable (Usage, _ page: String) -> Void

    /// - Parameters:
    ///   - uploads: carries the files, where they have a transport of their own.
    ///   - graphURL: with the version: `https://graph.facebook.com/v25.0`.
    ///   - timeLimits: of a message's request.
    ///   - tokens: page access tokens, by page id.
    ///   - used: called with what an answer says of a page's allowance, before its outcome is told.
    package init(
        transport: any Transport,
        uploads: (any Transport)? = nil,
        graphURL: String,
        timeLimits: HTTPTimeLimits = .standard,
        tokens: [String: String],
        used: @escaping @Sendable (Usage, _ page: String) -> Void = { _, _ in }
    ) {
        self.transport = transport
        self.uploads = uploads ?? transport
        self.graphURL = graphURL.hasSuffix("/") ? String(graphURL.dropLast()) : graphURL
        self.timeLimits = timeLimits
        self.tokens = Mutex(tokens)
        self.used = used
    }

    /// Takes new tokens, for the requests from now on.
    package func use(tokens new: [String: String]) {
        tokens.withLock { $0 = new }
    }

    func token(of page: String) -> String? {
        tokens.withLock { $0[page] }
    }

    package func deliver(
        _ part: MessagePart,
        from page: String,
        to recipient: Recipient,
        key: DeliveryKey
    ) async -> Outcome {
        guard let token = token(of: page) else {
            return .unsent(why: "page \(page) is not in the configuration any more")
        }
        do {
            let request = HTTPRequest.postJSON(
                try SendRequest(part, to: recipient, key: key).json(),
                to: "\(graphURL)/\(Self.escaped(page))/messages?access_token=\(Self.escaped(token))",
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
            return .unsent(why: "the message cannot be written: \(error)")
        }
    }

    static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~")))
            ?? text
    }
}
