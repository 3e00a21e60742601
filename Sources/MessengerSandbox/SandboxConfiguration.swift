import Foundation

/// What a sandbox imitates and where it listens. Limits that are not settings are defined beside the code that enforces
/// them.
package struct SandboxConfiguration: Sendable {
    /// The page's id, as in `/{PAGE_ID}/messages` and in every webhook.
    package var pageID: String
    /// The page's name, shown on the chat page.
    package var pageName: String
    /// The secret that signs webhooks.
    package var appSecret: String
    /// The only token that the Send API accepts.
    package var pageToken: String
    /// The URL that receives webhooks: http or https, on a loopback address.
    package var webhookURL: String
    /// A loopback address, or `localhost`.
    package var host: String
    /// 0 selects a free port; the application reports it.
    package var port: Int
    /// The mail server; nil if there is none.
    package var mail: MailConfiguration?
    /// The app that echoes name as the sender of the page's messages.
    package var appID: Int64 = 1_517_776_481_860_111
    /// The app that echoes name if an operator wrote in the page's inbox. The platform's page on echoes prints this number;
    /// other sources have 263902037430900.
    package var inboxAppID: Int64 = 26_390_203_743_090
    /// Whether people read each message at once, which causes a read event per message.
    package var readsAtOnce = false
    /// The limit above which the platform freezes the page's inbox and refuses messages; seconds of the sandbox's clock.
    /// https://developers.facebook.com/docs/messenger-platform/overview/rate-limiting
    package var messagesPerSecond = 40
    /// The limit for messages with audio or video (same source).
    package var audioOrVideoPerSecond = 10
    /// The limit for calls that read conversations (same source).
    package var conversationCallsPerSecond = 2
    /// The limit for private replies to comments (same source).
    package var privateRepliesPerHour = 750
    /// The limit for calls in 24 hours, per person whom the page can message (same source).
    package var callsPerEngagedUser = 200
    /// How long a page that sent too fast is frozen; milliseconds of the sandbox's clock. The platform gives no time, only
    /// "until the volume decreases": 0 means that.
    package var freezeMilliseconds: Int64 = 0

    package init(
        pageID: String,
        pageName: String,
        appSecret: String,
        pageToken: String,
        webhookURL: String,
        host: String,
        port: Int
    ) {
        self.pageID = pageID
        self.pageName = pageName
        self.appSecret = appSecret
        self.pageToken = pageToken
        self.webhookURL = webhookURL
        self.host = host
        self.port = port
    }

    /// Rejects a configuration that cannot work, or that could send data off this machine.
    func validate() throws(SandboxConfigurationError) {
        guard Self.isLoopback(host) else { throw .listensBeyondLoopback(host: host) }
        guard (0...65_535).contains(port) else { throw .noSuchPort(port) }
        guard let url = URLComponents(string: webhookURL), url.scheme == "http" || url.scheme == "https",
            let webhookHost = url.host, !webhookHost.isEmpty
        else { throw .webhookURLUnusable(webhookURL) }
        guard Self.isLoopback(webhookHost) else { throw .webhooksBeyondLoopback(url: webhookURL) }
        for (name, value) in [("page id", pageID), ("app secret", appSecret), ("page token", pageToken)]
        where value.isEmpty { throw .empty(name) }
        try mail?.validate()
        let rates = [
            messagesPerSecond, audioOrVideoPerSecond, conversationCallsPerSecond, privateRepliesPerHour,
            callsPerEngagedUser,
        ]
        guard rates.allSatisfy({ $0 > 0 }), freezeMilliseconds >= 0 else { throw .rateNotPositive }
    }

    /// Whether a host is a loopback address. Names are not resolved; `localhost` is the only accepted name.
    static func isLoopback(_ host: String) -> Bool {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        if bare == "localhost" || bare == "::1" { return true }
        let parts = bare.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { $0.allSatisfy(\.isNumber) && UInt8($0) != nil }
    }
}

/// The reason why a sandbox cannot start.
package enum SandboxConfigurationError: Error, Equatable, CustomStringConvertible {
    case listensBeyondLoopback(host: String)
    case noSuchPort(Int)
    case webhookURLUnusable(String)
    case webhooksBeyondLoopback(url: String)
    case empty(String)
    case rateNotPositive
    case halfMailCredentials
    case mailSizeLimit
    case cannotListen(address: String, why: String)
    case cannotListenForMail(address: String, why: String)

    package var description: String {
        switch self {
        case .listensBeyondLoopback(let host):
            "the sandbox listens on loopback addresses only (127.0.0.1, ::1, localhost), not on \(host)"
        case .noSuchPort(let port):
            "\(port) is not a port; use 1 to 65535, or 0 for any free port"
        case .webhookURLUnusable(let url):
            "\(url) is not an http or https URL to send webhooks to"
        case .webhooksBeyondLoopback(let url):
            "the sandbox sends webhooks to loopback addresses only, not to \(url)"
        case .empty(let name):
            "the sandbox's \(name) is empty"
        case .rateNotPositive:
            "the sandbox's rates must be at least 1, and the freeze time must not be negative"
        case .halfMailCredentials:
            "the sandbox's mail user needs a password, and its mail password a user"
        case .mailSizeLimit:
            "the most bytes of a mail must be from 1 to \(64 << 20)"
        case .cannotListen(let address, let why):
            "the sandbox cannot listen on \(address): \(why)"
        case .cannotListenForMail(let address, let why):
            "the sandbox's mail server cannot listen on \(address): \(why); choose another port with --smtp"
        }
    }
}
