import NIOCore
import NIOHTTP1

/// What HTTP asks of a server and Hummingbird does not do: a client of HTTP/1.0 waits for the end of the connection, and one that
/// says `Expect: 100-continue` waits for a word before it sends its body. Source: RFC 9112, section 9.3; RFC 9110, section 10.1.1.
final class ProtocolHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let bodyLimit: Int
    private var closes = false

    /// - Parameter bodyLimit: a client with a longer body is not asked to send it.
    init(bodyLimit: Int) {
        self.bodyLimit = bodyLimit
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data) else { return context.fireChannelRead(data) }
        let isOld = head.version.major < 1 || (head.version.major == 1 && head.version.minor < 1)
        closes = isOld || !head.isKeepAlive
        // Hummingbird ends a connection for this word alone.
        if closes { head.headers.replaceOrAdd(name: "connection", value: "close") }
        if !isOld, isWaiting(head) {
            context.writeAndFlush(wrapOutboundOut(.head(.init(version: .http1_1, status: .continue))), promise: nil)
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    private func isWaiting(_ head: HTTPRequestHead) -> Bool {
        guard head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" }) else {
            return false
        }
        return (head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0) <= bodyLimit
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard closes, case .head(var head) = unwrapOutboundIn(data) else {
            return context.write(data, promise: promise)
        }
        head.headers.replaceOrAdd(name: "connection", value: "close")
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }
}

/// Puts a `ProtocolHandler` where HTTP/1's own parts pass: Hummingbird adds handlers only where these have become others.
final class ProtocolHandlerInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let bodyLimit: Int

    init(bodyLimit: Int) {
        self.bodyLimit = bodyLimit
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(ProtocolHandler(bodyLimit: bodyLimit), position: .after(decoder))
        } catch {
            context.fireErrorCaught(error)
        }
    }
}
