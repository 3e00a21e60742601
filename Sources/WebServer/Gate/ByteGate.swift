import NIOCore
import NIOHTTP1

/// The first handler of a connection's bytes. It tells the `RequestGate` about their arrival, and drops them after the gate has
/// closed: an HTTP parser that is done with a connection would buffer them all.
final class ByteGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    var isClosed = false
    /// Whether the client speaks TLS: its first bytes are those of a handshake record.
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
        gate?.bytesArrived()
        context.fireChannelRead(data)
    }
}

/// Inserts the gates where NIO's HTTP/1 parts pass. Hummingbird itself adds handlers only after these are converted to its own
/// types.
final class GateInstaller: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let rules: GateRules

    /// The largest read of a connection. This much of each connection can be in memory before it is checked.
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

/// A deadline that moves with every request. Its timer is started anew only if the deadline is now earlier, or if the timer
/// fires too early. Most requests start no timer.
final class MovingDeadline {
    private let eventLoop: any EventLoop
    private let expired: () -> Void
    private var deadline = NIODeadline.distantFuture
    private var timer: (task: Scheduled<Void>, ends: NIODeadline)?

    /// Must be called on the event loop, like all methods.
    init(on eventLoop: any EventLoop, expired: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.expired = expired
    }

    func move(to new: NIODeadline) {
        deadline = new
        if let timer, timer.ends <= new { return }
        start()
    }

    func end() {
        deadline = .distantFuture
        timer?.task.cancel()
        timer = nil
    }

    private func start() {
        timer?.task.cancel()
        timer = nil
        guard deadline != .distantFuture else { return }
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
            guard let self else { return }
            ring()
        }
        timer = (task, deadline)
    }

    private func ring() {
        timer = nil
        guard NIODeadline.now() >= deadline else { return start() }
        deadline = .distantFuture
        expired()
    }
}
