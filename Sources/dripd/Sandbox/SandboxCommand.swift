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
        abstract: "Run a local stand-in for the Messenger Platform.",
        discussion: """
            The sandbox accepts calls of the Send API under the platform's rules (forms, limits, the 24-hour window). It \
            sends signed webhooks to the daemon, and has a chat page on which you write as a customer. Nothing leaves this \
            machine. With --config, it plays the platform for that daemon: graph_url must be on a loopback address, for \
            example http://127.0.0.1:8788/v25.0.

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
            """
    )

    @Option(
        help: ArgumentHelp("Play the platform for the daemon with this configuration.", valueName: "file"),
        completion: .yaml
    )
    var config: String?

    @Option(help: ArgumentHelp("Listen on this loopback address.", valueName: "host:port"))
    var listen = "127.0.0.1:8788"

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
            let greeting = """
                The Messenger sandbox plays page \(settings.pageID); nothing leaves this machine.
                  chat page   http://\(settings.host):\(port)/
                  graph_url   http://\(settings.host):\(port)/v25.0
                  webhooks    \(settings.webhookURL)
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
        return settings
    }

    /// Returns the page that the sandbox plays, and the address.
    private func identity(logger: Logger) throws -> SandboxConfiguration {
        guard let config else {
            let address = try ListenAddress(argument: listen)
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
        let secrets = try Secrets(messenger, environment: ProcessInfo.processInfo.environment, logger: logger) {
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
    fileprivate init(argument: String) throws {
        guard let colon = argument.lastIndex(of: ":"), let port = Int(argument[argument.index(after: colon)...]) else {
            throw ValidationError("--listen must be a host and a port, such as 127.0.0.1:8788")
        }
        self.init(host: String(argument[..<colon]), port: port)
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
