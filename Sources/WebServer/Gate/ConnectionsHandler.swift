import DripEngine
import Glibc
import Logging
import NIOCore

/// The handler of a listening socket, which limits connections. Above the limit it closes the least useful connection (see
/// `ConnectionTable`), so idle clients cannot keep others out. While the process or the machine has no free file descriptor,
/// new connections wait in the kernel's queue.
///
/// That pause is necessary because a failed accept leaves the socket readable. NIO's own `AcceptBackoffHandler` only delays
/// requested reads, so the event loop would try to accept again at once, in a busy loop.
final class ConnectionsHandler: ChannelInboundHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel

    private let limit: Int
    private let logger: Logger
    private let connections: ConnectionTable
    /// The earliest times of the next log lines about too many connections and about missing file descriptors.
    private var nextLogDue = (tooMany: NIODeadline.uptimeNanoseconds(0), outOfFiles: NIODeadline.uptimeNanoseconds(0))

    /// The pause after an accept that failed for lack of file descriptors.
    private static let rest = TimeAmount.seconds(1)
    /// The minimum time between two log lines that any client can provoke.
    private static let quiet = TimeAmount.minutes(1)

    private init(_ connections: ConnectionTable, limit: Int, logger: Logger) {
        self.connections = connections
        self.limit = limit
        self.logger = logger
    }

    /// Limits the connections of a listening socket.
    /// - Parameter limit: the maximum number of open connections.
    static func watch(_ listener: any Channel, _ connections: ConnectionTable, limit: Int, logger: Logger) async {
        let added = listener.eventLoop.submit {
            let handler = ConnectionsHandler(connections, limit: limit, logger: logger)
            try listener.pipeline.syncOperations.addHandler(handler, position: .first)
        }
        // It fails only if the socket is already closed.
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
        connections.evictLeastUseful(except: newest, now: .now())?.channel.close(promise: nil)
        guard Self.isDue(&nextLogDue.tooMany) else { return }
        logger.warning("more than \(limit) connections at once: idle ones are closed first")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? IOError, error.errnoCode == ECONNABORTED {
            // The client has gone. Further on, the error would end the server.
            return
        }
        if let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) {
            let listener = context.channel
            listener.setOption(.autoRead, value: false).whenComplete { _ in }
            context.eventLoop.scheduleTask(in: Self.rest) {
                listener.setOption(.autoRead, value: true).whenComplete { _ in }
            }
            if Self.isDue(&nextLogDue.outOfFiles) {
                logger.error(
                    "\(String(cString: strerror(error.errnoCode))): no new connections until others close; see LimitNOFILE=",
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

/// The address of a client, for limits per client: an IPv4 address, or the /64 network of an IPv6 address, because a client has
/// all addresses of its network.
struct PeerAddress: Hashable, Sendable {
    private let bytes: UInt64
    private let isIPv6: Bool

    /// Whether the client is on this machine or in a private network, where proxies run and strangers have no access.
    var isNear: Bool {
        if isIPv6 {
            let first = bytes >> 48
            // ::1 and ::, link-local fe80::/10, unique local fc00::/7.
            return bytes == 0 || first & 0xffc0 == 0xfe80 || first & 0xfe00 == 0xfc00
        }
        switch (bytes >> 24, bytes >> 16 & 0xff) {
        case (0, _), (10, _), (127, _), (100, 64...127), (169, 254), (172, 16...31), (192, 168): return true
        default: return false
        }
    }

    init(_ address: SocketAddress?) {
        let ofUnix: (UInt64, Bool) = (0, true)
        let (bytes, isIPv6) =
            address?.withSockAddr { address, size -> (UInt64, Bool) in
                let raw = UnsafeRawBufferPointer(start: UnsafeRawPointer(address), count: size)
                // The address is at offset 4 in `sockaddr_in`, and at 8 in `sockaddr_in6`. Sources: ip(7), ipv6(7).
                if size == MemoryLayout<sockaddr_in>.size {
                    return (UInt64(UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: 4, as: UInt32.self))), false)
                }
                // The client of a Unix socket is on this machine.
                guard size == MemoryLayout<sockaddr_in6>.size else { return ofUnix }
                let high = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                let low = UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
                // An IPv4 client of a socket for IPv4 and IPv6: ::ffff:a.b.c.d.
                return high == 0 && low >> 32 == 0xffff ? (low & 0xffff_ffff, false) : (high, true)
            } ?? ofUnix
        self.bytes = bytes
        self.isIPv6 = isIPv6
    }
}
