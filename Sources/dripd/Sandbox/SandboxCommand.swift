import ArgumentParser
import Channels
import DripCore
import DripEngine
import Foundation
import Logging
import MessengerSandbox
import SequenceFiles
import ServiceLifecycle
import Systemd
import UnixSignals

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Run local stand-ins for the Messenger Platform, a mail server and a push service.",
        discussion: """
            The sandbox accepts calls of the Send API under the platform's rules (forms, limits, the 24-hour window). It \
            sends signed webhooks to the daemon, and has a chat page on which you write as a customer. With --config, \
            it plays the platform for that daemon: graph_url must be on a loopback address, for example \
            http://127.0.0.1:8788/v25.0.

            Beside it are a mail server without TLS, whose mailboxes are on the page /mail, and a push service, whose \
            browsers are on the page /push. Nothing leaves this machine.

            Control calls, as JSON:
              POST /sandbox/write       a person writes
                {"person": "100001", "text": "Hello", "ref": "tiktok"}
              POST /sandbox/block       a person blocks the page
                {"person": "100001", "blocked": true}
              POST /sandbox/comments    a person comments on a post of the page
                {"person": "100001", "name": "Lan", "message": "How much?",
                 "post": "1577703145783617_1"}
                {"by_page": true, "message": "Thanks",
                 "parent": "1_300000000000000001"} or "anonymous": true
              POST /sandbox/comments/edit   {"comment_id": "…", "message": "…"}
              POST /sandbox/comments/remove {"comment_id": "…"}
              GET /sandbox/comments
              POST /sandbox/tap         a person taps a button or a quick reply
                {"person": "100001", "title": "Yes"}
                and "value" for a phone number or an address
              POST /sandbox/profile     set what the platform tells about a person
                {"person": "100001", "access": "full" or "empty" or "none"}
              POST /sandbox/react
                {"person": "100001", "message_id": "m_…", "emoji": "👍",
                 "take_back": false}
              POST /sandbox/edit
                {"person": "100001", "message_id": "m_…", "text": "Hello!"}
              POST /sandbox/unsend      {"person": "100001", "message_id": "m_…"}
              POST /sandbox/postback
                {"person": "100001", "title": "Menu", "payload": "MENU"}
              POST /sandbox/advertisement
                {"person": "100001", "ad_id": "6", "ref": "tet", "text": "Hello"}
              POST /sandbox/plugin      {"person": "100001", "ref": "website"}
              POST /sandbox/operator    the team answers in the page's inbox
                {"person": "100001", "text": "I will look into it."}
              POST /sandbox/handover    another app takes, passes or requests
                                        the conversation
                {"person": "100001", "kind": "take", "app_id": 123456789}
              POST /sandbox/read        {"person": "100001"}
              POST /sandbox/subscribe   a person agrees to marketing messages
                {"person": "100001"}; "stop": true ends it
              POST /sandbox/templates   the platform has reviewed a template
                {"name": "order_sent", "language": "vi", "status": "APPROVED",
                 "reason": "…"}
              POST /sandbox/page        set the page's status; {} shows it
                {"restricted": true, "token": "expired", "reviews_templates": true,
                 "missing_permissions": ["pages_messaging"]}
              POST /sandbox/policy
                {"action": "warning" or "block" or "unblock", "reason": "…"}
              POST /sandbox/faults      set what happens to the next calls
                {"kind": "delay", "milliseconds": 500, "count": 3}
                {"kind": "error", "code": 551, "subcode": 1545041, "count": 1}
                {"kind": "lost_answer" or "refuse" or "duplicate_webhook", "count": 1}
              DELETE /sandbox/faults    remove all faults
              GET /sandbox/people
              GET /sandbox/notes?after=0&wait=10    refusals, comments and all else
                                                    that is no message
              GET /sandbox/messages?person=100001&after=0&wait=10

            Control calls of the mail server. Any address has a mailbox:
              GET /sandbox/mail?mailbox=lan@example.com&after=0&wait=10
              GET /sandbox/mail/1       the mail as it was sent
              POST /sandbox/mail/server set the server's behaviour; {} shows it
                {"greylist_seconds": 300}  by the sandbox's clock; 0 ends it
              POST /sandbox/mail/faults set what happens to the next mails
                {"kind": "reply", "stage": "rcpt", "reply": "550 5.1.1 Unknown",
                 "to": "lan@example.com" or "@example.com", "from": "…",
                 "count": 1, "skip": 0}
                  "skip": spares so many first
                  stage: connect, ehlo, auth, mail, rcpt, data, end; at the end
                  "stored": true delivers a mail that is refused
                {"kind": "drop", "stage": "end", "stored": true}
                  closes the connection; also at the stage content
                {"kind": "delay", "stage": "end", "milliseconds": 500}
                {"kind": "bounce", "to": "lan@example.com", "status": "5.1.1",
                 "diagnostic": "550 5.1.1 Unknown",
                 "action": "failed" or "delayed"}
              DELETE /sandbox/mail/faults
              GET /sandbox/mail/bounces?after=0&wait=10
              GET /sandbox/mail/bounces/1   a notification, for dripd mail

            Control calls of the push service. A message is posted to the endpoint:
              POST /sandbox/push/subscriptions   a browser subscribes
                {"application_server_key": "B…"}; the answer is what the browser
                gives to the site
              POST /sandbox/push/browser
                {"endpoint": "http://…", "online": false} or "gone": true
              POST /sandbox/push/faults
                {"kind": "error", "status": 429, "retry_after": "120",
                 "endpoint": "http://…", "count": 1}
                {"kind": "delay", "milliseconds": 500}
                {"kind": "lost_answer" or "refuse"}
              DELETE /sandbox/push/faults
              GET /sandbox/push/subscriptions
              GET /sandbox/push/notifications?after=0&wait=10
            """
    )

    @Option(
        help: ArgumentHelp("Play the platform for the daemon with this configuration.", valueName: "file"),
        completion: .yaml
    )
    var config: String?

    @Option(help: ArgumentHelp("Listen on this loopback address.", valueName: "host:port"))
    var listen = "127.0.0.1:8788"

    @Option(help: ArgumentHelp("Accept mail on this loopback address, without TLS.", valueName: "host:port"))
    var smtp = "127.0.0.1:2525"

    @Option(
        help: ArgumentHelp("The user that mail clients must authenticate as. Default: any, or none.", valueName: "name")
    )
    var smtpUser: String?

    @Option(help: ArgumentHelp("The password of that user.", valueName: "word"))
    var smtpPassword: String?

    @Option(help: ArgumentHelp("Send webhooks to this URL.", valueName: "url"))
    var webhook = "http://127.0.0.1:8787/webhooks/messenger"

    @Option(help: ArgumentHelp("The page's id.", valueName: "id"))
    var page = "1577703145783617"

    @Option(help: ArgumentHelp("The secret that signs webhooks.", valueName: "word"))
    var appSecret = "sandbox-app-secret"

    @Option(help: ArgumentHelp("The page token that calls must carry.", valueName: "word"))
    var pageToken = "sandbox-page-token"

    @Flag(help: "Let people read messages as soon as they arrive.")
    var receipts = false

    @Option(
        help: ArgumentHelp(
            "How long a page that sent too fast cannot send, in seconds of the sandbox's clock. 0: until it is slower.",
            valueName: "seconds"
        )
    )
    var freeze: Int32 = 0

    @Option(help: ArgumentHelp("The page's calls in 24 hours, for each person who wrote.", valueName: "count"))
    var callsPerPerson: Int32 = 200

    @OptionGroup var clock: ClockOptions

    func run() async throws {
        let logger = Logger(label: "sandbox") { _ in
            JournalLogHandler(
                level: .info,
                format: .terminal(colour: false),
                descriptor: STDERR_FILENO,
                milliseconds: { SystemClock.realNow().milliseconds }
            )
        }
        let settings = try settings(logger: logger)
        let clock = SystemClock(scale: clock.timeScale, epoch: clock.timeEpoch ?? SystemClock.realNow())
        let transport = try CurlTransport(userAgent: "dripd-sandbox/\(Version.text)")
        let sandbox = try Sandbox(
            configuration: settings,
            run: .random(in: .min ... .max),
            now: { clock.now().milliseconds },
            post: WebhookPost(transport: transport).callAsFunction,
            logger: logger
        )
        let application = SandboxApplication(sandbox: sandbox, logger: logger) { port in
            let url = "http://\(settings.host):\(port)"
            let mail = settings.mail.map { ListenAddress(host: $0.host, port: sandbox.mail.port ?? $0.port) }
            let greeting = """
                The Messenger sandbox plays page \(settings.pageID); nothing leaves this machine.
                  chat page   \(url)/
                  graph_url   \(url)/v25.0
                  webhooks    \(settings.webhookURL)
                  SMTP        \(mail.map { "smtp://\($0)" } ?? "none") (no TLS)
                  mailboxes   \(url)/mail
                  push        \(url)/push
                """
            // The sandbox serves even if the greeting cannot be written.
            try? Output.standard.paragraph(greeting)
        }
        try await ServiceGroup(
            services: [application],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        ).run()
    }

    private func settings(logger: Logger) throws -> SandboxConfiguration {
        var settings = try identity(logger: logger)
        settings.readsAtOnce = receipts
        settings.freezeMilliseconds = Int64(freeze) * 1000
        settings.callsPerEngagedUser = Int(callsPerPerson)
        let address = try ListenAddress(argument: smtp, of: "--smtp", example: 2525)
        settings.mail = MailConfiguration(
            host: address.hostWithoutBrackets,
            port: address.port,
            user: smtpUser,
            password: smtpPassword
        )
        return settings
    }

    /// Returns the page that the sandbox plays, and the address.
    private func identity(logger: Logger) throws -> SandboxConfiguration {
        guard let config else {
            let address = try ListenAddress(argument: listen, of: "--listen", example: 8788)
            return SandboxConfiguration(
                pageID: page,
                pageName: "Page \(page)",
                appSecret: appSecret,
                pageToken: pageToken,
                webhookURL: webhook,
                host: address.host,
                port: address.port
            )
        }
        let configuration = try ConfigurationFile.load(config)
        let messenger = configuration.messenger
        guard messenger.graph.isLoopback, let graph = URLComponents(string: messenger.graph.text),
            let host = graph.host, let page = messenger.pages.first
        else {
            throw Failure(
                "graph_url in \(config) is \(messenger.graph); for the sandbox it must be on a loopback address, for example "
                    + "http://127.0.0.1:8788/v25.0"
            )
        }
        let places = Places(config: config)
        let sources = places.isInstalled ? SecretSources(installation: places.installation) : nil
        let secrets = try Secrets(configuration, environment: ProcessInfo.processInfo.environment, logger: logger) {
            sources?.source(of: $0) ?? $0
        }
        return SandboxConfiguration(
            pageID: page.id,
            pageName: "Page \(page.id)",
            appSecret: secrets.appSecret,
            pageToken: secrets.tokens[page.id] ?? "",
            webhookURL: "http://\(configuration.listen.localHosts[0]):\(configuration.listen.port)/webhooks/messenger",
            host: host,
            port: graph.port ?? 80
        )
    }
}

extension ListenAddress {
    /// - Parameters:
    ///   - option: the name of the option, for the error.
    ///   - example: a port, for the error.
    fileprivate init(argument: String, of option: String, example: Int) throws {
        guard let colon = argument.lastIndex(of: ":"), let port = Int(argument[argument.index(after: colon)...]) else {
            throw ValidationError("\(option) must be a host and a port, such as 127.0.0.1:\(example)")
        }
        self.init(host: String(argument[..<colon]), port: port)
    }

    /// `::1` for `[::1]`.
    fileprivate var hostWithoutBrackets: String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }
}

/// Sends the sandbox's webhooks.
struct WebhookPost: Sendable {
    let transport: CurlTransport

    func callAsFunction(_ url: String, _ headers: [(String, String)], _ body: [UInt8]) async throws -> Int {
        try await transport.send(
            HTTPRequest(method: .post, url: url, headers: headers.map { HTTPHeader($0.0, $0.1) }, body: body)
        ).status
    }
}
