package import DripEngine
package import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
package import ServiceLifecycle

/// The server on the `listen:` address: the platform's webhooks, and health and metrics for monitoring.
package struct PublicServer {
    private let intake: Intake
    private let verifyToken: @Sendable () -> String
    private let readiness: SendReadiness
    private let page: MetricsPage
    private let pages: PublicPages?
    private let logger: Logger

    /// - Parameters:
    ///   - observe: samples the current state, for the metrics.
    ///   - pages: the pages for people; nil if the configuration has no `public_url`.
    package init(
        intake: Intake,
        verifyToken: @escaping @Sendable () -> String,
        readiness: SendReadiness,
        metrics: PrometheusFactory,
        observe: @escaping @Sendable () async -> Observation,
        pages: PublicPages? = nil,
        logger: Logger
    ) {
        self.intake = intake
        self.verifyToken = verifyToken
        self.readiness = readiness
        self.pages = pages
        page = MetricsPage(metrics, observe: observe)
        self.logger = logger
    }

    package var router: Router<PublicRequestContext> {
        // Some monitors send HEAD.
        let router = Router(context: PublicRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: FailureMiddleware(refusals: intake.refusals))
        WebhookRoutes(intake: intake, verifyToken: verifyToken).add(to: router)
        pages?.add(to: router)
        router.get("/healthz") { _, _ in Response.text("ok\n") }
        router.get("/readyz") { request, _ in
            let obstacles = await readiness.obstacles()
            return try ReadinessAnswer(obstacles: obstacles).response(to: request)
        }
        router.get("/metrics") { _, _ in
            Response(
                status: .ok,
                headers: [.contentType: PrometheusFactory.contentType],
                body: ResponseBody(byteBuffer: await page.text())
            )
        }
        return router
    }

    /// - Parameters:
    ///   - host: the host name or address to bind.
    ///   - address: the address as the configuration writes it, for messages; nil: host and port.
    ///   - bound: called once with the port, when the server accepts requests.
    package func service(
        host: String,
        port: Int,
        named address: String? = nil,
        limits: ClientLimits = .standard,
        bound: @escaping @Sendable (Int) async -> Void
    ) -> some Service {
        let connections = ConnectionTable()
        let rules = GateRules(
            idle: TimeAmount(limits.idle),
            request: TimeAmount(limits.request),
            limitsAnswers: true,
            answersJSON: false,
            budget: BodyBudget(limits.bodies, releaseMemory: FreeMemory.releaseMemory),
            connections: connections,
            refusals: intake.refusals,
            date: HTTPDate(),
            check: PublicRequestCheck.verdict
        )
        return ListeningService(
            router,
            on: .hostname(host, port: port),
            named: address ?? "\(host):\(port)",
            connections: .gated(rules),
            logger: logger.forServer
        ) { [logger] channel in
            await ConnectionsHandler.watch(channel, connections, limit: limits.connections, logger: logger)
            await bound(channel.localAddress?.port ?? port)
        }
    }
}

/// A request context with the address of the client.
package struct PublicRequestContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    let peer: PeerAddress

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = PeerAddress(source.channel.remoteAddress)
    }
}
