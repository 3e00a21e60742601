import DripCore
import Glibc
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// A service that serves a router on a listening socket. An error names the address that could not be bound.
///
/// Hummingbird's own `Application` does the same, but wakes up every second to prepare `Date` headers: an idle daemon would
/// never sleep.
struct ListeningService<Context: RequestContext>: Service
where Context.Source == ApplicationRequestContextSource {
    private let responder: RouterResponder<Context>
    private let socket: BindAddress
    private let address: String
    private let connections: HTTPServerBuilder
    private let logger: Logger
    private let running: @Sendable (any Channel) async throws -> Void

    /// - Parameters:
    ///   - address: the name of the socket in the configuration.
    ///   - running: called once, when the server accepts requests. An error that it throws ends the service.
    init(
        _ router: Router<Context>,
        on socket: BindAddress,
        named address: String,
        connections: HTTPServerBuilder,
        logger: Logger,
        running: @escaping @Sendable (any Channel) async throws -> Void
    ) {
        responder = router.buildResponder()
        self.socket = socket
        self.address = address
        self.connections = connections
        self.logger = logger
        self.running = running
    }

    func run() async throws {
        let (responder, logger, date) = (responder, logger, HTTPDate())
        let failure = Mutex<(any Error)?>(nil)
        let server = try connections.buildServer(
            configuration: ServerConfiguration(address: socket),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: logger,
            responder: { request, writer, channel in
                let context = Context(source: .init(channel: channel, logger: logger))
                // `FailureMiddleware` answers every error of a route.
                var response = try await responder.respond(to: request, context: context)
                response.headers[.date] = date.text
                response.headers[.server] = "dripd"
                try await writer.write(response: response.head, body: response.body)
            },
            onServerRunning: { [running] channel in
                do {
                    try await running(channel)
                } catch {
                    failure.withLock { $0 = error }
                    channel.close(promise: nil)
                }
            }
        )
        do {
            try await server.run()
        } catch is UnixDomainSocketPathWrongType {
            throw CannotListen(
                description: "cannot listen on \(address): a file or folder that is not a socket is there; "
                    + "remove it, or choose another path"
            )
        } catch let error as SocketAddressError {
            throw CannotListen(description: "cannot listen on \(address): \(ErrorDescription.words(error))")
        } catch let error as IOError {
            throw CannotListen(
                description: "cannot listen on \(address): \(String(cString: strerror(error.errnoCode)))"
            )
        } catch is SocketAddressError.UnknownHost {
            throw CannotListen(description: "cannot listen on \(address): the host name has no address")
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }
}

struct CannotListen: Error, CustomStringConvertible {
    let description: String
}

extension Logger {
    /// A logger for the web server itself, which logs shutdowns and failed binds as errors. Those that matter come back as an
    /// error or an answer, and are logged here, once.
    var forServer: Logger {
        var logger = self
        logger.logLevel = .critical
        return logger
    }
}
