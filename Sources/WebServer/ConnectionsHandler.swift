import DripEngine
import Glibc
import Logging
import NIOCore

/// Stands before a listening socket. Who opens more connections than there may be ends the oldest of them, so that nobody
/// keeps others out by holding what they do not use; and while this process or the machine has no descriptor for another
/// one, who comes waits in the kernel's queue.
///
/// The second is needed since a failed accept leaves NIO's readiness as it is: its own `AcceptBackoffHandler` puts off the
/// reads that are asked for, and the socket is found readable again at once, as fast as a processor can.
final class ConnectionsHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private let limit: Int
    private let logger: Logger
    /// By the order in which they came.
    private var open: [Int: any Channel] = [:]
    private var oldest = 0
    private var newest = 0
    /// When it may say again that there are too many, and that there is no descriptor.
    private var wordDue = (tooMany: NIODeadline.uptimeNanoseconds(0), outOfFiles: NIODeadline.uptimeNanoseconds(0))

    /// How long it waits before it asks for a descriptor again.
    private static let rest = TimeAmount.seconds(1)
    /// What strangers can bring about is not said more often.
    private static let quiet = TimeAmount.minutes(1)

    private init(limit: Int, logger: Logger) {
        self.limit = limit
        self.logger = logger
    }

    /// - Parameter limit: of connections at once.
    static func watch(_ listener: any Channel, limit: Int, logger: Logger) async {
        let added = listener.eventLoop.submit {
            let handler = ConnectionsHandler(limit: limit, logger: logger)
            try listener.pipeline.syncOperations.addHandler(handler, position: .first)
        }
        // It fails where the socket is closed already.
        _ = try? await added.get()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = unwrapInboundIn(data)
        let number = newest
        newest += 1
        open[number] = channel
        let own = NIOLoopBound(self, eventLoop: context.eventLoop)
        channel.closeFuture.hop(to: context.eventLoop).whenComplete { _ in own.value.open[number] = nil }
        if open.count > limit { closeOldest() }
        context.fireChannelRead(data)
    }

    private func closeOldest() {
        while open[oldest] == nil { oldest += 1 }
        open.removeValue(forKey: oldest)?.close(promise: nil)
        guard Self.isDue(&wordDue.tooMany) else { return }
        logger.warning("more than \(limit) connections at once: the oldest are closed")
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
