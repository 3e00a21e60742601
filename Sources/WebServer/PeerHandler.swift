import DripStore
import Glibc
import NIOCore
import NIOHTTP1

/// Writes into each request who is at the other end of its Unix socket, as the kernel knows it since they connected: in a header
/// that no client can send.
///
/// It is asked for when the connection comes: a client may be gone before its request is carried out.
final class PeerHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    static let header = "dripd-peer"

    /// `struct ucred`, which the Glibc module does not show. Source: unix(7), SO_PEERCRED.
    private struct Credentials {
        let pid: Int32
        let uid: UInt32
        let gid: UInt32
    }

    private var peer: String?

    func handlerAdded(context: ChannelHandlerContext) {
        guard let socket = context.channel as? any SocketOptionProvider else { return }
        let credentials: EventLoopFuture<Credentials> = socket.unsafeGetSocketOption(
            level: SocketOptionLevel(SOL_SOCKET),
            name: SocketOptionName(SO_PEERCRED)
        )
        // On the channel's own event loop it is known at once.
        let own = NIOLoopBound(self, eventLoop: context.eventLoop)
        credentials.whenSuccess { own.value.peer = "\($0.uid) \($0.gid) \($0.pid)" }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        head.headers.remove(name: Self.header)
        if let peer { head.headers.add(name: Self.header, value: peer) }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}

/// Puts a `PeerHandler` where HTTP/1's own parts pass: see `ProtocolHandlerInstaller`.
final class PeerHandlerInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(PeerHandler(), position: .after(decoder))
        } catch {
            context.fireErrorCaught(error)
        }
    }
}

extension AuditPeer {
    /// - Parameters:
    ///   - peer: what a `PeerHandler` wrote; nil where there is none.
    ///   - login: what the client says.
    init?(_ peer: String?, login: String?) {
        let numbers = (peer ?? "").split(separator: " ")
        guard numbers.count == 3, let uid = UInt32(numbers[0]), let gid = UInt32(numbers[1]),
            let pid = Int32(numbers[2])
        else { return nil }
        let login = login.flatMap { UInt32($0) }
        self.init(uid: uid, gid: gid, pid: pid, login: login == uid ? nil : login)
    }
}
