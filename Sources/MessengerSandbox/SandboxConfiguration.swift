import Foundation

/// What a sandbox imitates and where it listens. Limits that are not settings stand beside the code that keeps them.
package struct SandboxConfiguration: Sendable {
    /// The page's id, as in `/{PAGE_ID}/messages` and in every webhook.
    package var pageID: String
    /// The page's name, shown on the chat page.
    package var pageName: String
    /// The secret under which webhooks are signed.
    package var appSecret: String
    /// The only token that the Send API takes.
    package var pageToken: String
    /// Where webhooks go: an http or https URL on a loopback address.
    package var webhookURL: String
    /// A loopback address, or `localhost`.
    package var host: String
    /// 0 takes any free port; the application reports which.
    package var port: Int
    /// The app that echoes name as the sender.
    package var appID: Int64 = 1_517_776_481_860_111
    /// The app that echoes name when an operator wrote in the page's inbox. The platform's page on echoes prints this
    /// number; another one, 263902037430900, is in use elsewhere.
    package var inboxAppID: Int64 = 26_390_203_743_090
    /// Whether people look at what arrives at once, which makes a read event of each message.
    package var readsAtOnce = false
    /// Above this the platform freezes the page's inbox and refuses what is sent; seconds of the sandbox's clock.
    /// https://developers.facebook.com/docs/messenger-platform/overview/rate-limiting
    package var messagesPerSecond = 40
    /// Of these, so many may be audio or video (same source).
    package var audioOrVideoPerSecond = 10
    /// So many calls a second may read conversations (same source).
    package var conversationCallsPerSecond = 2
    /// So many comments an hour may get a private reply (same source).
    package var privateRepliesPerHour = 750
    /// So many calls in 24 hours, for each person whom the page can message (same source).
    package var callsPerEngagedUser = 200
    /// How long a page that sent too fast cannot send. The platform says "until the volume decreases" and no time: 0 is
    /// that. Milliseconds of the sandbox's clock.
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

    /// Refuses a configuration under which something could leave this machine, or that cannot work.
    func validate() throws(SandboxConfigurationError) {
        guard Self.isLoopback(host) else { throw .listensBeyondLoopback(host: host) }
        guard (0...65_535).contains(port) else { throw .noSuchPort(port) }
        guard let url = URLComponents(string: webhookURL), url.scheme == "http" || url.scheme == "https",
            let webhookHost = url.host, !webhookHost.isEmpty
        else { throw .webhookURLUnusable(webhookURL) }
        guard Self.isLoopback(webhookHost) else { throw .webhooksBeyondLoopback(url: webhookURL) }
        for (name, value) in [("page id", pageID), ("app secret", appSecret), ("page token", pageToken)]
        where value.isEmpty { throw .empty(name) }
        let rates = [
            messagesPerSecond, audioOrVideoPerSecond, conversationCallsPerSecond, privateRepliesPerHour,
            callsPerEngagedUser,
        ]
        guard rates.allSatisfy({ $0 > 0 }), freezeMilliseconds >= 0 else { throw .rateNotPositive }
    }

    /// Names are not looked up: of these only `localhost` is taken.
    static func isLoopback(_ host: String) -> Bool {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        if bare == "localhost" || bare == "::1" { return true }
        let parts = bare.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { $0.allSatisfy(\.isNumber) && UInt8($0) != nil }
    }
}
