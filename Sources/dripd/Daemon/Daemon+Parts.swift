import Channels
import DripCore
import DripEngine
import DripStore
import Foundation
import Logging
import SequenceFiles
import WebServer

/// Makes each part from the configuration and the parts that it needs.
extension Daemon {
    func makeChannel(
        _ transport: any Transport,
        _ secrets: Secrets,
        onUsage: @escaping @Sendable (_ usage: Usage, _ page: String) -> Void,
        onTokenRefused: @escaping @Sendable (_ page: String, _ why: String) -> Void
    ) throws -> MessengerChannel {
        MessengerChannel(
            transport: transport,
            // A separate transport: an upload may take minutes, and shutdown does not wait for it.
            uploads: try CurlTransport(userAgent: "dripd/\(Version.text)"),
            graphURL: configuration.messenger.graph.text,
            personas: Dictionary(
                configuration.messenger.pages.compactMap { page in page.persona.map { (page.id, $0) } },
                uniquingKeysWith: { first, _ in first }
            ),
            appSecret: secrets.proofSecret,
            tokens: secrets.tokens,
            marketing: secrets.marketing,
            onUsage: onUsage,
            onTokenRefused: onTokenRefused
        )
    }

    func makeDispatcher(
        store: Store,
        channel: ChannelTable,
        limiters: LimiterTable,
        requestUpload: @escaping @Sendable (Set<Upload>) -> Void,
        changed: @escaping @Sendable () -> Void
    ) -> DispatcherService {
        var limits = DispatchLimits()
        limits.concurrency = configuration.concurrency
        return DispatcherService(clock: systemClock, checked: clock, logger: logger, changed: changed) {
            [logger, limits] in
            Dispatcher(
                store: store,
                channel: channel,
                limiters: limiters,
                limits: limits,
                random: { Double.random(in: 0..<1) },
                requestUpload: requestUpload,
                logger: logger
            )
        }
    }

    /// Returns the pages for people; nil if the configuration has no `public_url`.
    func makePages(
        _ store: Store,
        _ others: OtherChannels,
        _ secrets: Secrets,
        wake: @escaping @Sendable () -> Void
    ) throws -> PublicPages? {
        guard let links = others.links else { return nil }
        let sender = configuration.channels.first { $0.rules.name == .email }?.accounts.first?.values["from"]
        return PublicPages(
            store: store,
            links: links,
            shop: sender.flatMap(Mailbox.init)?.name ?? URLComponents(string: links.base)?.host ?? "dripd",
            serverKey: try OtherChannels.applicationServerKey(configuration, secrets),
            allowsLoopback: configuration.messenger.graph.isLoopback,
            now: { [clock] in clock.now() },
            wake: wake
        )
    }

    func makeSync(
        store: Store,
        channel: MessengerChannel,
        limiters: LimiterTable,
        pace: ConversationPace,
        wake: @escaping @Sendable () -> Void,
        onUnknownPerson: @escaping @Sendable () -> Void
    ) -> SyncService {
        SyncService(
            store: store,
            pages: limiters.with(.pages).map { SyncService.Page(account: $0.id, channel: $0.channel, id: $0.page) },
            clock: clock,
            logger: logger,
            catchesUp: systemClock.scale == 1,
            ask: { page, after in
                let answer = try? await pace.call(page) { await channel.conversations(of: page, after: after) }
                return answer ?? .later(why: "dripd is stopping")
            },
            pause: { try await Task.sleep(for: $0) },
            wake: wake,
            onUnknownPerson: onUnknownPerson,
            release: { [clock] account in
                let wasHeld = limiters.endCatchingUp(account, at: clock.now())
                if wasHeld { wake() }
                return wasHeld
            }
        )
    }

    /// Holds accounts that were synced before until they have caught up: what people wrote while dripd was down decides about
    /// steps that fell due meanwhile. Does nothing on a fast clock.
    func beginCatchingUp(_ store: Store, _ limiters: LimiterTable) async throws {
        guard systemClock.scale == 1 else { return }
        let held = try await store.noteDowntime(now: clock.now())
        guard !held.isEmpty else { return }
        limiters.beginCatchingUp(held, until: clock.now() + SyncService.longestHold)
        logger.notice(
            "reading what people wrote while dripd was down; the pages send nothing until then, for a minute at most",
            metadata: ["pages": "\(held.count)"]
        )
    }

    func makeReconciler(
        store: Store,
        channel: MessengerChannel,
        limiters: LimiterTable,
        pace: ConversationPace,
        wake: @escaping @Sendable () -> Void
    ) -> ReconcilerService {
        // A fast clock does not make the network faster.
        let settling = max(InDoubtDelivery.settling, Milliseconds.seconds(2 * systemClock.scale))
        return ReconcilerService(clock: systemClock, checked: clock, logger: logger) { [logger, systemClock] in
            Reconciler(
                store: store,
                accounts: limiters.with(.pages).map(\.id),
                settling: settling,
                comparesClocks: systemClock.scale == 1,
                logger: logger,
                ask: { page, person in
                    let answer = try? await pace.call(page) { await channel.conversation(of: page, with: person) }
                    return answer ?? .later(why: "dripd is stopping")
                },
                wake: wake
            )
        }
    }

    func makeWebhookFields(store: Store, channel: MessengerChannel, limiters: LimiterTable) -> WebhookFieldsService {
        WebhookFieldsService(
            limiters: limiters,
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
        links: PublicLinks?,
        wake: @escaping @Sendable () -> Void,
        renewSecrets: @escaping @Sendable () throws -> Void
    ) -> Adopter {
        var settings = configuration.catalogSettings
        settings.link = { name, address in links?.variable(name, address) }
        return Adopter(
            store: store,
            sequences: configuration.sequences,
            zone: configuration.zone,
            confirmAbove: configuration.confirmAbove,
            settings: settings,
            clock: clock,
            logger: logger,
            renewSecrets: renewSecrets,
            wake: wake
        )
    }

    /// Returns the checks of `/readyz`. Each cause that holds back all messages has a check.
    func sendReadiness(
        _ store: Store,
        _ limiters: LimiterTable,
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
                    return [ErrorDescription.words(error)]
                }
            },
            ReadinessCheck(name: "clock") { [clock] in clock.trouble.map { [$0] } ?? [] },
            ReadinessCheck(name: "state") {
                store.hold.map { ["on hold until dripd adopt-state: \($0.reason)"] } ?? []
            },
            .pages { [clock] in (limiters.all, clock.now()) },
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
                "dripd may open only \(files.limit) files: its web server takes \(most) connections at most; see LimitNOFILE="
            )
            limits.connections = most
        }
        return limits
    }
}
