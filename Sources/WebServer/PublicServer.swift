package import DripEngine
package import Hummingbird
package import Logging
package import ServiceLifecycle

/// What listens on `listen:`: the platform's webhooks, and health and metrics for whoever watches.
package struct PublicServer {
    private let intake: Intake
    private let verifyToken: @Sendable () -> String
    private let isReady: @Sendable () -> Bool
    private let metrics: PrometheusFactory
    private let observe: @Sendable () -> Void
    private let logger: Logger

    /// - Parameter observe: called before the metrics are shown: sets the gauges.
    package init(
        intake: Intake,
        verifyToken: @escaping @Sendable () -> String,
        isReady: @escaping @Sendable () -> Bool,
        metrics: PrometheusFactory,
        observe: @escaping @Sendable () -> Void,
        logger: Logger
    ) {
        self.intake = intake
        self.verifyToken = verifyToken
        self.isReady = isReady
        self.metrics = metrics
        self.observe = observe
        self.logger = logger
    }

    package var router: Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: FailureMiddleware(logger: logger))
        WebhookRoutes(intake: intake, verifyToken: verifyToken, logger: logger).add(to: router)
        router.get("/healthz") { _, _ in Response.text("ok\n") }
        router.get("/readyz") { _, _ in
            isReady() ? Response.text("ready\n") : Response.text("not ready\n", status: .serviceUnavailable)
        }
        router.get("/metrics") { _, _ in
            observe()
            return Response(
                status: .ok,
                headers: [.contentType: PrometheusFactory.contentType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.exposition))
            )
        }
        return router
    }

    /// - Parameter bound: called once with the port, when requests can come in.
    package func service(
        host: String,
        port: Int,
        bound: @escaping @Sendable (Int) async -> Void
    ) -> some Service {
        ListeningService(
            Application(
                router: router,
                configuration: ApplicationConfiguration(address: .hostname(host, port: port), serverName: "dripd"),
                onServerRunning: { channel in await bound(channel.localAddress?.port ?? port) },
                logger: logger.forServer
            ),
            address: "\(host):\(port)"
        )
    }
}
