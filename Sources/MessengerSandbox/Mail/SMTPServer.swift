import Glibc
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

/// The sandbox's mail server on a loopback address. It has no TLS, because nothing leaves this machine.
struct SMTPServer: Service {
    static let connectionLimit = 50
    private static let idleLimit = TimeAmount.minutes(5)

    private let listener: any Channel
    private let connections: SMTPConnections

    /// Starts to listen, and tells `mail` the port.
    static func bind(_ mail: MailSandbox, _ configuration: MailConfiguration) async throws -> SMTPServer {
        let connections = SMTPConnections(limit: connectionLimit)
        let bootstrap = ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                let isWelcome = connections.add(channel)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        IdleStateHandler(allTimeout: idleLimit), SMTPHandler(mail, isWelcome: isWelcome),
                    ])
                }
            }
        do {
            let listener = try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
            mail.port = listener.localAddress?.port
            return SMTPServer(listener: listener, connections: connections)
        } catch let error as IOError {
            throw SandboxConfigurationError.cannotListenForMail(
                address: "\(configuration.host):\(configuration.port)",
                why: String(cString: strerror(error.errnoCode))
            )
        }
    }

    private init(listener: any Channel, connections: SMTPConnections) {
        self.listener = listener
        self.connections = connections
    }

    /// Returns on a graceful shutdown or cancellation. Connections are closed at once: a client sends its mail again.
    func run() async {
        try? await gracefulShutdown()
        await close()
    }

    func close() async {
        // An error means that it is closed.
        try? await listener.close()
        connections.closeAll()
    }
}

/// The open connections.
private final class SMTPConnections: Sendable {
    private let limit: Int
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    init(limit: Int) {
        self.limit = limit
    }

    /// - Returns: false if there are too many.
    func add(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        let isWelcome = channels.withLock { channels in
            guard channels.count < limit else { return false }
            channels[id] = channel
            return true
        }
        if isWelcome {
            channel.closeFuture.whenComplete { [weak self] _ in
                self?.channels.withLock { _ = $0.removeValue(forKey: id) }
            }
        }
        return isWelcome
    }

    func closeAll() {
        for channel in channels.withLock({ Array($0.values) }) { channel.close(promise: nil) }
    }
}

/// Performs a dialog on a connection.
private final class SMTPHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What a client may still send after the end of the dialog, while the last reply is on its way.
    private static let lateBytesLimit = 4 << 20

    private let mail: MailSandbox
    private let isWelcome: Bool
    private var session = MailSession()
    private var actions: [MailSession.Action] = []
    private var isWaiting = false
    private var isReadPending = false
    private var isClosed = false
    private var lateBytes = 0

    init(_ mail: MailSandbox, isWelcome: Bool) {
        self.mail = mail
        self.isWelcome = isWelcome
    }

    func channelActive(context: ChannelHandlerContext) {
        actions = isWelcome ? mail.begin(&session) : [.reply(.tooManyConnections), .drop]
        perform(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = Array(unwrapInboundIn(data).readableBytesView)
        guard !session.isOver else {
            lateBytes += bytes.count
            if lateBytes > Self.lateBytesLimit { context.close(promise: nil) }
            return
        }
        actions += mail.receive(bytes, in: &session)
        perform(context)
    }

    /// Reads nothing more while a reply waits, or while the client does not read its replies.
    func read(context: ChannelHandlerContext) {
        if isWaiting || !context.channel.isWritable {
            isReadPending = true
        } else {
            context.read()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        readIfPending(context)
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is IdleStateHandler.IdleStateEvent else { return context.fireUserInboundEventTriggered(event) }
        // A reply that waits is no idleness of the client.
        if !isWaiting { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func perform(_ context: ChannelHandlerContext) {
        while !isWaiting, !actions.isEmpty {
            switch actions.removeFirst() {
            case .reply(let reply):
                context.write(wrapOutboundOut(ByteBuffer(bytes: reply.bytes)), promise: nil)
            case .wait(let milliseconds):
                wait(milliseconds, context)
            case .finish:
                context.flush()
                // Only this direction: closing both would destroy the reply if the client has sent more.
                context.close(mode: .output, promise: nil)
            case .drop:
                context.flush()
                context.close(promise: nil)
            }
        }
        context.flush()
    }

    private func wait(_ milliseconds: Int64, _ context: ChannelHandlerContext) {
        isWaiting = true
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(milliseconds)) { [self] in
            guard !isClosed else { return }
            isWaiting = false
            perform(context)
            readIfPending(context)
        }
    }

    private func readIfPending(_ context: ChannelHandlerContext) {
        guard isReadPending, !isWaiting, context.channel.isWritable else { return }
        isReadPending = false
        context.read()
    }
}
