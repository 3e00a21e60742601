import Channels
import DripCore
import DripEngine
import DripStore
import Logging
import SequenceFiles
import WebServer

/// How each part is made of the configuration and of the parts that it needs.
extension Daemon {
    func makeChannel(
        _ transport: any Transport,
        _ secrets: Secrets,
        used: @escaping @Sendable (_ usage: Usage, _ page: String) -> Void,
        tokenRefused: @escaping @Sendable (_ page: String, _ why: String) -> Void
    ) throws -> MessengerChannel {
        MessengerChannel(
            transport: transport,
            // Of their own: an upload may take minutes, and nobody waits for it at the end.
            uploads: try CurlTransport(userAgent: "dripd/\(Version.text)"),
            graphURL: configuration.messenger.graph.text,
            personas: Dictionary(
                configuration.messenger.pages.compactMap { page in page.persona.map { (page.id, $0) } },
                uniquingKeysWith: { first, _ in first }
            ),
            appSecret: secrets.proofSecret,
            tokens: secrets.tokens,
            marketing: secrets.marketing,
            used: used,
            tokenRefused: tokenRefused
        )
    }

    func makeDispatcher(
        store: Store,
        channel: MessengerChannel,
        lanes: LaneTable,
        want: @escaping @Sendable (Set<Upload>) -> Void,
        changed: @escaping @Sendable () -> Void
    ) -> DispatcherService {
        var limits = DispatchLimits()
        limits.concurrency = configuration.concurrency
        return DispatcherService(clock: systemClock, checked: clock, logger: logger, changed: changed) {
            [logger, limits] in
            Dispatcher(
                store: store,
                channel: channel,
                lanes: lanes,
                limits: limits,
                random: { Double.random(in: 0..<1) },
                want: want,
                logger: logger
            )
        }
    }

    func makeSync(
        store: Store,
        channel: MessengerChannel,
        lanes: LaneTable,
        pace: ConversationPace,
        wake: @escaping @Sendable () -> Void,
        met: @escaping @Sendable () -> Void
    ) -> SyncService {
        SyncService(
            store: store,
            pages: lanes.all.map { SyncService.Page(lane: $0.id, id: $0.page) },
            clock: clock,
            logger: logger,
            catchesUp: systemClock.scale == 1,
            ask: { page, after in
                let answer = try? await pace.call(page) { await channel.conversations(of: page, after: after) }
                return answer ?? .later(why: "dripd ends")
            },
            pause: { try await Task.sleep(for: $0) },
            wake: wake,
            met: met,
            release: { [clock] lane in
                let wasHeld = lanes.endCatchingUp(lane, at: clock.now())
                if wasHeld { wake() }
                return wasHeld
            }
        )
    }

    /// What people wrote while dripd was down decides over what fell due meanwhile: accounts that were looked at before catch up
    /// first. Not on a fast clock, where nothing catches up.
    func beginCatchingUp(_ store: Store, _ lanes: LaneTable) async throws {
        guard systemClock.scale == 1 else { return }
        let held = try await store.noteDowntime(now: clock.now())
        guard !held.isEmpty else { return }
        lanes.beginCatchingUp(held, until: clock.now() + SyncService.longestHold)
        logger.notice(
            "reads first what was written while dripd was down; the pages send nothing before that, for a minute at most",
            metadata: ["pages": "\(held.count)"]
        )
    }

    func makeReconciler(
        store: Store,
        channel: MessengerChannel,
        lanes: LaneTable,
        pace: ConversationPace,
        wake: @escaping @Sendable () -> Void
    ) -> ReconcilerService {
        // A fast clock makes no network faster.
        let settling = max(Doubt.settling, Span.seconds(2 * systemClock.scale))
        return ReconcilerService(clock: systemClock, checked: clock, logger: logger) { [logger, systemClock] in
            Reconciler(
                store: store,
                lanes: lanes.all.map(\.id),
                settling: settling,
                comparesClocks: systemClock.scale == 1,
                logger: logger,
                ask: { page, person in
                    let answer = try? await pace.call(page) { await channel.conversation(of: page, with: person) }
                    return answer ?? .later(why: "dripd ends")
                },
                wake: wake
            )
        }
    }

    func makeWebhookFields(store: Store, channel: MessengerChannel, lanes: LaneTable) -> WebhookFieldsService {
        WebhookFieldsService(
            lanes: lanes,
            clock: clock,
            logger: logger,
            fields: { WebhookField.read(comments: store.catalog.startsByComments) },
            read: { page throws(PageSetupError) in try await channel.subscribedFields(page) },
            subscribe: { page, fields throws(PageSetupError) in try await channel.subscribe(page, to: fields) },
            random: { Double.random(in: 0..<1) },
            pause: { try await Task.sleep(for: $0) }
        )
    }

    func makeAdopter(
        store: Store,
        wake: @escaping @Sendable () -> Void,
        renewSecrets: @escaping @Sendable () throws -> Void
    ) -> Adopter {
        Adopter(
            store: store,
            sequences: configuration.sequences,
            zone: configuration.zone,
            confirmAbove: configuration.confirmAbove,
            settings: configuration.catalogSettings,
            clock: clock,
            logger: logger,
            renewSecrets: renewSecrets,
            wake: wake
        )
    }

    /// What `/readyz` asks. Whatever else holds back every message has its line here.
    func sendReadiness(
        _ store: Store,
        _ lanes: LaneTable,
        _ dispatcher: DispatcherService,
        _ readiness: Readiness
    ) -> SendReadiness {
        SendReadiness([
            ReadinessCheck(name: "daemon") { readiness.isReady ? [] : ["dripd is starting or stopping"] },
            ReadinessCheck(name: "dispatcher") {
                await dispatcher.ping()
                return []
            },
            ReadinessCheck(name: "store") { [clock] in
                do {
                    try await store.proveWritable(now: clock.now())
                    return []
                } catch {
                    return [ErrorText.words(error)]
                }
            },
            ReadinessCheck(name: "clock") { [clock] in clock.trouble.map { [$0] } ?? [] },
            ReadinessCheck(name: "state") {
                store.hold.map { ["on hold until dripd adopt-state: \($0.reason)"] } ?? []
            },
            .pages { [clock] in (lanes.all, clock.now()) },
        ])
    }

    var transportLimits: TransportLimits {
        var limits = TransportLimits()
        limits.connectionsPerHost = configuration.concurrency
        return limits
    }

    func clientLimits() throws -> ClientLimits {
        var limits = ClientLimits.standard
        let files = OpenFiles.raised()
        let most = try files.forClients(concurrency: configuration.concurrency)
        if most < limits.connections {
            logger.warning(
                "dripd may open \(files.limit) files: its web server takes \(most) connections at once; see LimitNOFILE="
            )
            limits.connections = most
        }
        return limits
    }
}
