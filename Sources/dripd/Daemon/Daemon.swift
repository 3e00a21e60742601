import CProcess
import Channels
import ControlAPI
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

/// The wiring of `dripd run`: its parts, their dependencies, and the order in which they start and stop.
struct Daemon {
    /// The path of the configuration.
    let path: String
    let configuration: Configuration
    let systemClock: SystemClock
    let clock: CheckedClock
    let logger: Logger
    private let notifier: ServiceNotifier
    private let metrics = PrometheusFactory()
    private let environment = ProcessInfo.processInfo.environment

    /// How long pending requests may take after SIGTERM. Shorter than the unit's TimeoutStopSec, longer than a request's own
    /// limit.
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
        // No other user may open the database, its log or the control socket.
        umask(0o077)
        // From here on a hangup waits until the daemon is ready.
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        // A closed log pipe must not end the daemon.
        signal(SIGPIPE, SIG_IGN)
        // Nor must a limit on file sizes: it is handled like a full disk.
        signal(SIGXFSZ, SIG_IGN)
        let clientLimits = try clientLimits()
        let messenger = configuration.messenger
        let secrets = try Secrets(configuration, environment: environment, logger: logger)
        let machine = MachineIdentity.current()
        if machine == nil {
            logger.warning(
                "/etc/machine-id is missing or empty: dripd cannot recognise a state that was cloned to another machine"
            )
        }
        let starting = StartExtension(notifier: notifier, clock: SuspendingClock())
        let store = try await starting.whileWorking { try await openStore(machine) }
        store.holds.whenLong { [logger] write in
            logger.debug(
                "a long write blocked all others",
                metadata: [
                    "operation": "\(write.operation)", "duration": "\(write.duration)", "commit": "\(write.commit)",
                ]
            )
        }
        let transport = try CurlTransport(userAgent: "dripd/\(Version.text)", limits: transportLimits)
        // A fast clock, for trials, is not compared with other clocks.
        let comparesClocks = systemClock.scale == 1
        let limiters = try await LimiterTable.of(
            messenger.pages.map { (.messenger, id: $0.id, perSecond: $0.rate) }
                + configuration.channels.flatMap { channel in
                    channel.accounts.map { (channel.rules.name, id: $0.id, perSecond: $0.rate) }
                },
            store,
            now: clock.now()
        )
        let updates = AccountStatusUpdates(limiters: limiters, clock: clock, logger: logger)
        let platform = DateReadingTransport(transport) { [clock] seconds in
            if comparesClocks { clock.note(platform: Instant(milliseconds: 0) + .seconds(seconds)) }
        }
        let statusDue = CoalescingSignal()
        let channel = try makeChannel(platform, secrets, onUsage: updates.noteUsage) { page, why in
            updates.tokenRefused(of: page, why: why)
            statusDue.beat()
        }
        let others = try await OtherChannels(
            configuration,
            secrets,
            store,
            transport,
            clock: { [clock] in clock.now() }
        )
        let channels = ChannelTable(others.channels.merging([.messenger: channel]) { _, new in new })
        let verifyToken = Mutex(secrets.verifyToken)

        // A dropped request is repeated a minute later.
        let (uploadRequests, uploadRequest) = AsyncStream.makeStream(
            of: Set<Upload>.self,
            bufferingPolicy: .bufferingNewest(64)
        )
        let dispatcher = makeDispatcher(
            store: store,
            channel: channels,
            limiters: limiters,
            requestUpload: { uploadRequest.yield($0) },
            changed: statusDue.beat
        )
        let uploads = UploadService(
            store: store,
            clock: clock,
            logger: logger,
            requests: uploadRequests,
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
            limiters: limiters,
            pace: pace,
            wake: dispatcher.wake,
            onUnknownPerson: profiles.wake
        )
        let reconciler = makeReconciler(
            store: store,
            channel: channel,
            limiters: limiters,
            pace: pace,
            wake: dispatcher.wake
        )
        let retention = RetentionService(store: store, clock: clock, logger: logger) { try await Task.sleep(for: $0) }
        let webhookFields = makeWebhookFields(store: store, channel: channel, limiters: limiters)
        let intake = Intake(
            store: store,
            clock: clock,
            eventTime: comparesClocks ? .platform : .receipt,
            appSecret: secrets.appSecret,
            logger: logger,
            reached: { [clock] in clock.note(reached: $0, by: .webhook) },
            wake: dispatcher.wake,
            onUnknownPerson: profiles.wake,
            onPolicyNotice: { notice in
                updates.policyChanged(notice)
                dispatcher.wake()
                statusDue.beat()
            }
        )
        let adopter = makeAdopter(store: store, links: others.links, wake: dispatcher.wake) {
            [environment, logger, configuration] in
            let secrets = try Secrets(configuration, environment: environment, logger: logger)
            try others.use(secrets)
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
        try await beginCatchingUp(store, limiters)

        let operations = Operations(
            version: Version.text,
            store: store,
            limiters: limiters,
            clock: clock,
            logger: logger,
            adoptFiles: { cause in
                let outcome = await adopter.adopt(cause)
                if case .adopted = outcome, cause == .reload {
                    limiters.restart()
                    uploads.restart()
                }
                dispatcher.wake()
                statusDue.beat()
                return outcome
            },
            beginSync: { page, order in try await sync.begin(page, order) },
            listComments: { post, page, after in await channel.comments(under: post, of: page, after: after) },
            refused: { adopter.refused },
            editProgress: { adopter.edit },
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
            readiness: sendReadiness(store, limiters, dispatcher, readiness),
            metrics: metrics,
            observe: { [clock] in
                await Observation(
                    version: Version.text,
                    now: clock.now(),
                    limiters: limiters.all,
                    filesAreRefused: adopter.refused != nil,
                    state: try? store.metrics()
                )
            },
            pages: try makePages(store, others, secrets, wake: dispatcher.wake),
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
                // Not a warning: it may be intended, and would come at every start. `check` and `doctor` warn.
                logger.notice(
                    "other machines can reach the web server: let a proxy end TLS and pass on only /webhooks/messenger"
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
        let signalService = SignalService(
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

        // Services stop in reverse order: systemd is told, the servers close, pending requests end. The watchdog runs until
        // the end.
        var services: [(String, any Service)] = [
            ("watchdog", watchdog), ("edits", adopter), ("dispatcher", dispatcher), ("control-socket", controlServer),
            ("uploads", uploads), ("sync", sync), ("reconciler", reconciler),
            ("webhook-fields", webhookFields), ("retention", retention),
        ]
        if !messenger.profileFields.isEmpty { services.append(("profiles", profiles)) }
        try await serve(services + [("web-server", publicServer), ("control-plane", signalService)])
        await transport.shutdown()
        try store.close()
        logger.notice("stopped")
    }

    /// Opens the store on its own thread. A migration may take minutes, and systemd must be told meanwhile that the start
    /// continues.
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

    /// Hides the memory, which contains tokens and people's texts, from core files and other processes. A trial against a
    /// local stand-in has no secrets, and must stay open to measuring tools.
    private func hideMemory() {
        guard !configuration.messenger.graph.isLoopback else { return }
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        let hasCores = setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) != 0
        guard dripd_hide_memory() != 0 || hasCores else { return }
        logger.warning("cannot turn off core files: a core file of dripd would contain its secrets")
    }

    /// Adopts the files. Then marks the messages that were being sent when the last process ended as in doubt.
    private func start(_ store: Store, _ adopter: Adopter) async throws {
        if case .refused = await adopter.adopt(.start), store.catalog.sequences.isEmpty {
            throw Failure("the sequence files have errors; fix them first: see above, and `dripd check`")
        }
        if let log = store.logSetAside {
            logger.warning(
                "an old dripd.db was put back beside the log of a newer one: dripd set the log aside and does not read it",
                metadata: ["log": "\(log)"]
            )
        }
        if let copy = store.migratedFrom {
            logger.notice(
                "the database has been migrated to this version; the copy from before is kept for 30 days",
                metadata: ["copy": "\(copy)"]
            )
        }
        let inDoubt = try await store.recover(now: clock.now())
        let moved = try await store.leaveAccounts(now: clock.now())
        if moved > 0 {
            logger.notice(
                "steps waited at accounts that are not in the configuration any more: they go on by their people's other addresses",
                metadata: ["steps": "\(moved)"]
            )
        }
        if let hold = store.hold {
            logger.error(
                "ON HOLD: nothing is sent until `dripd adopt-state --yes`; webhooks are received",
                metadata: ["reason": "\(hold.reason)"]
            )
        }
        if inDoubt > 0 {
            var metadata = CatalogedMessage.inDoubt.metadata
            metadata["count"] = "\(inDoubt)"
            logger.warning(
                "messages were being sent when dripd ended: they are in doubt, and not sent again blindly; see `dripd jobs list`",
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
            throw Failure(ErrorDescription.words(error))
        }
    }

    /// Whether the machine has IPv6. Without it, "every interface" means every IPv4 interface.
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
            return "cannot read the state: \(ErrorDescription.words(error))"
        }
    }

    /// Returns a random name of 12 letters and digits: enough to tell the databases of a page apart.
    private static func newInstance() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return String((0..<12).map { _ in letters[Int.random(in: 0..<letters.count)] })
    }
}
