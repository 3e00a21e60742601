import NIOCore
import NIOHTTP1

/// The first to see a connection's bytes: tells the `RequestGate` that some come, and drops them once that has closed. A parser
/// that is done with a connection would keep them all.
final class ByteGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    var isClosed = false
    /// A client that speaks TLS says this first (a handshake record).
    private(set) var isTLS = false
    private var isFirst = true
    fileprivate weak var gate: RequestGate?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isClosed { return }
        if isFirst {
            isFirst = false
            let bytes = unwrapInboundIn(data)
            isTLS = bytes.getInteger(at: bytes.readerIndex, as: UInt16.self) == 0x1603
        }
        gate?.bytesCome()
        context.fireChannelRead(data)
    }
}

/// Puts the gates where HTTP/1's own parts pass: Hummingbird adds handlers only where these have become others.
final class GateInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let rules: GateRules

    /// A connection's read is no larger: so much of each can be in memory before it is looked at.
    private static let readBuffer = 16 << 10

    init(_ rules: GateRules) {
        self.rules = rules
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            if let options = context.channel.syncOptions {
                let allocator = AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: Self.readBuffer)
                try options.setOption(ChannelOptions.recvAllocator, value: allocator)
                try options.setOption(ChannelOptions.maxMessagesPerRead, value: 1)
            }
            let bytes = ByteGate()
            let gate = RequestGate(rules, bytes: bytes, channel: context.channel)
            bytes.gate = gate
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(gate, position: .after(decoder))
            try pipeline.addHandler(bytes, position: .first)
        } catch {
            context.fireErrorCaught(error)
        }
    }
}
