package import DripEngine
package import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
package import ServiceLifecycle

/// What listens on `listen:`: the platform's webhooks, and health and metrics for whoever watches.
package struct PublicServer {
    private let intake: Intake
    private let verifyToken: @Sendable () -> String
    private let readiness: SendReadiness
    private let metrics: PrometheusFactory
    private let observe: @Sendable () async -> Observation
    private let logger: Logger

    /// - Parameter observe: how things stand, for the metrics.
    package init(
        intake: Intake,
        verifyToken: @escaping @Sendable () -> String,
        readiness: SendReadiness,
        metrics: PrometheusFactory,
        observe: @escaping @Sendable () async -> Observation,
        logger: Logger
    ) {
        self.intake = intake
        self.verifyToken = verifyToken
        self.readiness = readiness
        self.metrics = metrics
        self.observe = observe
        self.logger = logger
    }

    package var router: Router<BasicRequestContext> {
        // Monitors ask with HEAD.
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.add(middleware: FailureMiddleware(logger: logger))
        WebhookRoutes(intake: intake, verifyToken: verifyToken, logger: logger).add(to: router)
        router.get("/healthz") { _, _ in Response.text("ok\n") }
        router.get("/readyz") { request, _ in
            let obstacles = await readiness.obstacles()
            return try ReadinessAnswer(obstacles: obstacles).response(to: request)
        }
        router.get("/metrics") { _, _ in
            let samples = await observe().samples
            return Response(
                status: .ok,
                headers: [.contentType: PrometheusFactory.contentType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.exposition(with: samples)))
            )
        }
        return router
    }

    /// - Parameters:
    ///   - host: what to bind.
    ///   - address: how the configuration writes it; nil: like the host.
    ///   - bound: called once with the port, when requests can come in.
    package func service(
        host: String,
        port: Int,
        named address: String? = nil,
        limits: ClientLimits = .standard,
        bound: @escaping @Sendable (Int) async -> Void
    ) -> some Service {
        ListeningService(
            router,
            on: .hostname(host, port: port),
            named: address ?? "\(host):\(port)",
            connections: .http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        ProtocolHandlerInstaller(bodyLimit: WebhookRoutes.bodyLimit),
                        SlowRequestHandler(limit: TimeAmount(limits.request)),
                    ],
                    idleTimeout: TimeAmount(limits.idle)
                )
            ),
            logger: logger.forServer
        ) { [logger] channel in
            await ConnectionsHandler.watch(channel, limit: limits.connections, logger: logger)
            await bound(channel.localAddress?.port ?? port)
        }
    }
}
