import Glibc
import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// A sandbox as an HTTP server and a mail server, together with the courier that delivers its webhooks.
package struct SandboxApplication: Service {
    private let sandbox: Sandbox
    private let onServerRunning: @Sendable (_ port: Int) async -> Void
    private let logger: Logger

    /// - Parameter onServerRunning: called once, with the port, when the server accepts requests. The mail server, if
    ///   there is one, accepts mail by then.
    package init(
        sandbox: Sandbox,
        logger: Logger,
        onServerRunning: @escaping @Sendable (_ port: Int) async -> Void
    ) {
        self.sandbox = sandbox
        self.logger = logger
        self.onServerRunning = onServerRunning
    }

    package func run() async throws {
        guard let mail = sandbox.configuration.mail else { return try await serve(with: []) }
        let mailServer = try await SMTPServer.bind(sandbox.mail, mail)
        do {
            try await serve(with: [mailServer])
        } catch {
            // It was not started if the HTTP server failed before it.
            await mailServer.close()
            throw error
        }
    }

    private func serve(with services: [any Service]) async throws {
        let configuration = sandbox.configuration
        // The caller tells the user where the sandbox listens, so the server's own message is left out.
        var serverLogger = logger
        serverLogger.logLevel = max(logger.logLevel, .warning)
        let router = Router(context: SandboxRequestContext.self)
        router.add(middleware: LocalRequestsMiddleware(host: configuration.host))
        GraphEndpoint(sandbox: sandbox).addRoutes(to: router)
        ControlEndpoints(sandbox: sandbox).addRoutes(to: router)
        FileEndpoint(sandbox: sandbox).addRoutes(to: router)
        ChatPageEndpoint(pageName: configuration.pageName).addRoutes(to: router)
        MailEndpoints(mail: sandbox.mail).addRoutes(to: router)
        PushEndpoints(push: sandbox.push).addRoutes(to: router)
        let application = Application(
            router: router,
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: "messenger-sandbox"
            ),
            services: services + [WebhookCourier(sandbox: sandbox, logger: logger)],
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? configuration.port
                sandbox.listens(on: port)
                await onServerRunning(port)
            },
            logger: serverLogger
        )
        do {
            try await application.run()
        } catch let error as IOError {
            throw SandboxConfigurationError.cannotListen(
                address: "\(configuration.host):\(configuration.port)",
                why: String(cString: strerror(error.errnoCode))
            )
        }
    }
}
