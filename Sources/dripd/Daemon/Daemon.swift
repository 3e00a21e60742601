import CProcess
import Channels
import DripCore
import DripEngine
import DripStore
import Foundation
import Glibc
import Hummingbird
import Logging
import Metrics
import SequenceFiles
import ServiceLifecycle
import Synchronization
import Systemd
import UnixSignals
import WebServer

/// The wiring of `dripd run`: what depends on what, and in which order it starts and ends.
struct Daemon {
    /// Where the configuration is.
    let path: String
    let configuration: Configuration
    let systemClock: SystemClock
    let clock: CheckedClock
    let logger: Logger
    private let notifier: ServiceNotifier
    private let metrics = PrometheusFactory()
    private let environment = ProcessInfo.processInfo.environment

    /// How long what is on its way may take to come back after SIGTERM. Below the unit's TimeoutStopSec, above a request's
    /// own time limit.
    private static let grace = Duration.seconds(35)

    init(path: String, configuration: Configuration, clock: SystemClock, logLevel: Logger.Level) {
        self.path = path
        self.configuration = configuration
        systemClock = clock
        self.clock = CheckedClock(clock)
        let stream = environment["JOURNAL_STREAM"]
        let colour = Terminal.hasColour(STDERR_FILENO, environment: environment)
        LoggingSystem.bootstrap { _ in
            JournalLogHandler(
                level: logLevel,
                format: LogFormat(journalStream: stream, descriptor: STDERR_FILENO, colour: colour),
                descriptor: STDERR_FILENO,
                milliseconds: { SystemClock.realNow().milliseconds }
            )
        }
        logger = Logger(label: "dripd")
        notifier = .system(logger: logger)
        MetricsSystem.bootstrap(metrics)
    }

    func run() async throws {
        hideMemory()
        // The database, its log and the control socket are the daemon's own business.
        umask(0o077)
        // From here on a hangup waits until the daemon is ready.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        // A log whose reader is gone must not end the daemon.
        signal(SIGPIPE, SIG_IGN)
        // Nor a limit on the size of its files: that is a full disk.
        signal(SIGXFSZ, SIG_IGN)
        let clientLimits = try clientLimits()
        let messenger = configuration.messenger
        let secrets = try Secrets(messenger, environment: environment, logger: logger)
        let machine = MachineIdentity.current()
        if machine == nil {
            logger.warning(
                "/etc/machine-id is missing or empty: a clone of the state on another machine is not recognised by it"
            )
        }
        let starting = StartExtension(notifier: notifier, clock: SuspendingClock())
        let store = try await starting.whileWorking { try await openStore(machine) }
        store.holds.whenLong { [logger] write in
            logger.debug(
                "a write held up all others",
                metadata: [
                    "operation": "\(write.operation)", "duration": "\(write.duration)", "commit": "\(write.commit)",
                ]
            )
        }
        let transport = try CurlTransport(userAgent: "dripd/\(Version.text)", limits: transportLimits)
        // A clock that runs fast for a trial is compared with nothing.
        let comparesClocks = systemClock.scale == 1
        let lanes = try await LaneTable.of(
            messenger.pages.map { (id: $0.id, perSecond: $0.rate) },
            channel: "messenger",
            store,
            now: clock.now()
        )
        let news = PageNews(lanes: lanes, clock: clock, logger: logger)
        let platform = DateReadingTransport(transport) { [clock] seconds in
            if comparesClocks { clock.note(platform: Instant(milliseconds: 0) + .seconds(seconds)) }
        }
        let statusDue = Pulse()
        let channel = try makeChannel(platform, secrets, used: news.used) { page, why in
            news.tokenRefused(of: page, why: why)
            statusDue.beat()
        }
        let verifyToken = Mutex(secrets.verifyToken)

        // What is wanted is said again a minute later.
        let (wanted, want) = AsyncStream.makeStream(of: Set<Upload>.self, bufferingPolicy: .bufferingNewest(64))
        let dispatcher = makeDispatcher(
            store: store,
            channel: channel,
            lanes: lanes,
            want: { want.yield($0) },
            changed: statusDue.beat
        )
        let uploads = UploadService(
            store: store,
            clock: clock,
            logger: logger,
            wanted: wanted,
            upload: channel.upload,
            wake: dispatcher.wake
        )
        let profiles = ProfileService(
            store: store,
            clock: clock,
            logger: logger,
            ask: { person in
                await channel.profile(of: person.address, on: person.page, fields: messenger.profileFields)
            },
            pause: { try await Task.sleep(for: $0) }
        )
        let pace = ConversationPace { try await Task.sleep(for: $0) }
        let sync = makeSync(
            store: store,
            channel: channel,
            lanes: lanes,
            pace: pace,
            wake: dispatcher.wake,
            met: profiles.wake
        )
        let reconciler = makeReconciler(store: store, channel: channel, lanes: lanes, pace: pace, wake: dispatcher.wake)
        let retention = RetentionService(store: store, clock: clock, logger: logger) { try await Task.sleep(for: $0) }
        let webhookFields = makeWebhookFields(store: store, channel: channel, lanes: lanes)
        let intake = Intake(
            store: store,
            clock: clock,
            eventTime: comparesClocks ? .platform : .receipt,
            appSecret: secrets.appSecret,
            logger: logger,
            reached: { [clock] in clock.note(reached: $0, by: .webhook) },
            wake: dispatcher.wake,
            met: profiles.wake,
            heard: { notice in
                news.heard(notice)
                dispatcher.wake()
                statusDue.beat()
            }
        )
        let adopter = makeAdopter(store: store, wake: dispatcher.wake) { [environment, logger] in
            let secrets = try Secrets(messenger, environment: environment, logger: logger)
            channel.use(tokens: secrets.tokens, appSecret: secrets.proofSecret, marketing: secrets.marketing)
            intake.use(appSecret: secrets.appSecret)
            verifyToken.withLock { $0 = secrets.verifyToken }
        }
        clock.whenChanged { [logger] trouble in
            if let trouble {
                logger.error("\(trouble)", metadata: CatalogedMessage.clockWrong.metadata)
            } else {
                logger.notice("the machine's clock is right again")
            }
            dispatcher.wake()
            statusDue.beat()
        }
        if comparesClocks, let moment = try await store.latestMoment() { clock.note(reached: moment, by: .database) }
        try await starting.whileWorking { try await start(store, adopter) }
        try await beginCatchingUp(store, lanes)

        let operations = Operations(
            version: Version.text,
            store: store,
            lanes: lanes,
            clock: clock,
            logger: logger,
            adopting: { cause in
                let outcome = await adopter.adopt(cause)
                if case .adopted = outcome, cause == .reload {
                    lanes.restart()
                    uploads.restart()
                }
                dispatcher.wake()
                statusDue.beat()
                return outcome
            },
            syncing: { page, order in try await sync.begin(page, order) },
            listing: { post, page, after in await channel.comments(under: post, of: page, after: after) },
            refused: { adopter.refused },
            editing: { adopter.edit },
            clockTrouble: { [clock] in clock.trouble },
            uploadTroubles: { uploads.troubles },
            pendingChanges: { [logger, path, configuration] in
                let pending = ConfigurationChanges(path: path, running: configuration).pending()
                for line in pending { logger.warning("\(line)") }
                return pending
            },
            wake: dispatcher.wake
        )
        let readiness = Readiness(parts: 2, logger: logger) { [notifier] in
            notifier.ready(status: await Self.statusLine(operations))
        }
        let port = Mutex(configuration.listen.port)
        let publicServer = PublicServer(
            intake: intake,
            verifyToken: { verifyToken.withLock { $0 } },
            readiness: sendReadiness(store, lanes, dispatcher, readiness),
            metrics: metrics,
            observe: { [clock] in
                await Observation(
                    version: Version.text,
                    now: clock.now(),
                    lanes: lanes.all,
                    filesAreRefused: adopter.refused != nil,
                    state: try? store.metrics()
                )
            },
            logger: logger
        ).service(
            host: configuration.listen.bindHost(hasIPv6: Self.hasIPv6),
            port: configuration.listen.port,
            named: configuration.listen.description,
            limits: clientLimits
        ) { [logger] bound in
            port.withLock { $0 = bound }
            logger.notice("listening", metadata: ["address": "\(configuration.listen.host):\(bound)"])
            if configuration.listen.isBeyondLoopback {
                // No warning: it may well be meant, and comes at every start. `check` and `doctor` warn.
                logger.notice(
                    "other machines can reach the web server: end TLS in a proxy before it that passes on /webhooks/messenger alone"
                )
            }
            await readiness.partIsReady()
        }
        let controlServer = ControlServer(operations: operations, logger: logger)
            .service(socket: configuration.controlSocket, group: configuration.controlGroup) {
                await readiness.partIsReady()
            }
        let watchdog = try Watchdog(
            period: WatchdogPeriod.system(),
            heartbeats: [
                .dispatcher(dispatcher), .store(store),
                .webServer(
                    hosts: configuration.listen.localHosts,
                    port: { port.withLock { $0 } },
                    transport: transport,
                    isExpected: { readiness.isReady }
                ),
            ],
            notifier: notifier,
            clock: SuspendingClock(),
            logger: logger
        )
        let controlPlane = ControlPlane(
            notifier: notifier,
            logger: logger,
            readiness: readiness,
            statusDue: statusDue,
            hangups: hangups,
            reload: {
                let request = AuditVerb.reload.rawValue
                _ = try? await operations.audited(request, by: nil) { await operations.reload() }
            },
            statusLine: { await Self.statusLine(operations) }
        )

        // They end in reverse: systemd is told, nothing new comes in, what is on its way comes back. systemd's watchdog
        // goes on through all of it.
        var services: [(String, any Service)] = [
            ("watchdog", watchdog), ("edits", adopter), ("dispatcher", dispatcher), ("control-socket", controlServer),
            ("uploads", uploads), ("sync", sync), ("reconciler", reconciler),
            ("webhook-fields", webhookFields), ("retention", retention),
        ]
        if !messenger.profileFields.isEmpty { services.append(("profiles", profiles)) }
        try await serve(services + [("web-server", publicServer), ("control-plane", controlPlane)])
        await transport.shutdown()
        try store.close()
        logger.notice("stopped")
    }

    /// On a thread of its own: a migration may take minutes, in which systemd is to hear of it.
    private func openStore(_ machine: String?) async throws -> Store {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { [configuration] in
                continuation.resume(
                    with: Result {
                        try Store(
                            directory: configuration.stateDirectory,
                            newInstance: Self.newInstance(),
                            zone: configuration.zone,
                            machine: machine
                        )
                    }
                )
            }
        }
    }

    /// Tokens, and what people write, are in it. A trial against a stand-in for the platform has no secrets, and is measured.
    private func hideMemory() {
        guard !configuration.messenger.graph.isLoopback else { return }
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        let hasCores = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) != 0
        guard dripd_hide_memory() != 0 || hasCores else { return }
        logger.warning("a core file of dripd would hold its secrets, and the kernel does not turn core files off")
    }

    /// Adopts the files, then looks after what was on its way when the last process ended.
    private func start(_ store: Store, _ adopter: Adopter) async throws {
        if case .refused = await adopter.adopt(.start), store.catalog.sequences.isEmpty {
            throw Failure("the sequence files must be mended first: see above, and `dripd check`")
        }
        if let log = store.logSetAside {
            logger.warning(
                "dripd.db was put back beside the log of a newer one: the log is set aside, and the database read without it",
                metadata: ["log": "\(log)"]
            )
        }
        let inDoubt = try await store.recover(now: clock.now())
        if let hold = store.hold {
            logger.error(
                "ON HOLD: nothing is sent until `dripd adopt-state` says so; webhooks are taken",
                metadata: ["reason": "\(hold.reason)"]
            )
        }
        if inDoubt > 0 {
            var metadata = CatalogedMessage.inDoubt.metadata
            metadata["count"] = "\(inDoubt)"
            logger.warning(
                "messages were on their way when dripd ended: in doubt, and not sent again blindly; see `dripd jobs list`",
                metadata: metadata
            )
        }
    }

    private func serve(_ services: [(name: String, service: any Service)]) async throws {
        var group = ServiceGroupConfiguration(
            services: services.map { .init(service: $0.service, serviceName: $0.name) },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        group.maximumGracefulShutdownDuration = Self.grace
        group.maximumCancellationDuration = .seconds(5)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch {
            throw Failure(ErrorText.words(error))
        }
    }

    /// Without it, every interface is every IPv4 interface.
    private static var hasIPv6: Bool {
        let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }

    private static func statusLine(_ operations: Operations) async -> String {
        do {
            return StatusLine(try await operations.status(), zone: operations.zone).description
        } catch {
            return "the state cannot be read: \(ErrorText.words(error))"
        }
    }

    /// Twelve letters and digits: enough to tell the databases of one page apart.
    private static func newInstance() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<12).map { _ in letters[Int.random(in: 0..<letters.count)] })
    }
}
