import DripEngine
import Glibc
import Logging
import NIOCore

/// Stands before a listening socket. Who opens more connections than there may be ends those that do the least (see
/// `ConnectionTable`), so that nobody keeps others out by holding what they do not use; and while this process or the machine has no descriptor for another
/// one, who comes waits in the kernel's queue.
///
/// The second is needed since a failed accept leaves NIO's readiness as it is: its own `AcceptBackoffHandler` puts off the
/// reads that are asked for, and the socket is found readable again at once, as fast as a processor can.
final class ConnectionsHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private let limit: Int
    private let logger: Logger
    private let connections: ConnectionTable
    /// When it may say again that there are too many, and that there is no descriptor.
    private var wordDue = (tooMany: NIODeadline.uptimeNanoseconds(0), outOfFiles: NIODeadline.uptimeNanoseconds(0))

    /// How long it waits before it asks for a descriptor again.
    private static let rest = TimeAmount.seconds(1)
    /// What strangers can bring about is not said more often.
    private static let quiet = TimeAmount.minutes(1)

    private init(_ connections: ConnectionTable, limit: Int, logger: Logger) {
        self.connections = connections
        self.limit = limit
        self.logger = logger
    }

    /// - Parameter limit: of connections at once.
    static func watch(_ listener: any Channel, _ connections: ConnectionTable, limit: Int, logger: Logger) async {
        let added = listener.eventLoop.submit {
            let handler = ConnectionsHandler(connections, limit: limit, logger: logger)
            try listener.pipeline.syncOperations.addHandler(handler, position: .first)
        }
        // It fails where the socket is closed already.
        _ = try? await added.get()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = unwrapInboundIn(data)
        let connection = Connection(channel)
        connections.add(connection)
        channel.closeFuture.whenComplete { [connections] _ in connections.remove(connection) }
        if connections.count > limit { closeLeast(butFor: connection) }
        context.fireChannelRead(data)
    }

    private func closeLeast(butFor newest: Connection) {
        connections.removeLeast(butFor: newest, now: .now())?.channel.close(promise: nil)
        guard Self.isDue(&wordDue.tooMany) else { return }
        logger.warning("more than \(limit) connections at once: those that do nothing are closed first")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? IOError, error.errnoCode == ECONNABORTED {
            // The client has gone: that is no end of the server, which an error ends further on.
            return
        }
        if let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) {
            let listener = context.channel
            listener.setOption(.autoRead, value: false).whenComplete { _ in }
            context.eventLoop.scheduleTask(in: Self.rest) {
                listener.setOption(.autoRead, value: true).whenComplete { _ in }
            }
            if Self.isDue(&wordDue.outOfFiles) {
                logger.error(
                    "\(String(cString: strerror(error.errnoCode))): no more connections until some end; see LimitNOFILE=",
                    metadata: CatalogedMessage.outOfFiles.metadata
                )
            }
            return
        }
        context.fireErrorCaught(error)
    }

    private static func isDue(_ due: inout NIODeadline) -> Bool {
        let now = NIODeadline.now()
        guard now >= due else { return false }
        due = now + quiet
        return true
    }
}
