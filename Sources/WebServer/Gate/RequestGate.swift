import DripEngine
import NIOCore
import NIOHTTP1

/// The gate between the HTTP parser and the routes. It passes on only whole requests, one at a time, so that routes never
/// wait for a client.
///
/// It decides on a request by its header, holds the body within the server's budget, and enforces time limits. It also does
/// what HTTP requires and Hummingbird does not: it closes the connection of an HTTP/1.0 client after the answer, and answers
/// `Expect: 100-continue` before the body is sent. Source: RFC 9112, section 9.3; RFC 9110, section 10.1.1.
final class RequestGate: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum Phase {
        /// It waits for a request.
        case waiting
        case receiving(HTTPRequestHead, limit: Int)
        /// The request was passed on to the routes.
        case answering
        /// The connection is ending, and further input is dropped.
        case over
    }

    private let rules: GateRules
    private let bytes: ByteGate
    private let connection: Connection?
    private var context: ChannelHandlerContext?
    private var deadline: MovingDeadline?

    private var phase = Phase.waiting
    /// Whether at least one byte of a request has arrived.
    private var isBegun = false
    private var body: ByteBuffer?
    private var bodyNumber: Int?
    /// Whether the connection is closed after the answer.
    private var closes = false
    private var isHead = false
    /// Parts that arrived while an earlier request was being answered.
    private var early = CircularBuffer<HTTPServerRequestPart>()
    private var earlyRequests = 0
    private var isReadWanted = false

    /// The maximum number of requests of one connection that wait for their turn.
    private static let maxPipelined = 16
    /// How long a client may take to read the last answer before its connection is closed.
    private static let closeDelay = TimeAmount.seconds(1)

    init(_ rules: GateRules, bytes: ByteGate, channel: any Channel) {
        self.rules = rules
        self.bytes = bytes
        connection = rules.connections.connection(of: channel)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let deadline = MovingDeadline(on: context.eventLoop) { [weak self] in self?.expire() }
        self.deadline = deadline
        deadline.move(to: .now() + rules.idle)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        phase = .over
        early.removeAll()
        deadline?.end()
        forgetBody()
    }

    // MARK: Receiving a request

    /// Starts the time limit of a request. Called before the bytes are parsed.
    func bytesArrived() {
        guard case .waiting = phase, !isBegun else { return }
        isBegun = true
        deadline?.move(to: .now() + rules.request)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard case .answering = phase else { return take(part, context) }
        if closes { return }
        if case .head = part { earlyRequests += 1 }
        guard earlyRequests <= Self.maxPipelined else {
            early.removeAll()
            closes = true
            bytes.isClosed = true
            return
        }
        early.append(part)
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch (part, phase) {
        case (.head(let head), .waiting): begin(head, context)
        case (.body(let part), .receiving(_, let limit)): add(part, limit, context)
        case (.end, .receiving(let head, _)):
            if let bodyNumber { rules.budget.markWhole(bodyNumber) }
            pass(head, context)
        default: return
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        var head = head
        isHead = head.method == .HEAD
        closes = head.isOld || !head.isKeepAlive || head.headers.contains(name: "upgrade")
        if let refusal = RequestCheck.refusal(of: head) { return refuse(refusal, context) }
        let limit: Int
        switch rules.check(&head) {
        case .pass(let bodyLimit): limit = bodyLimit
        case .refuse(let refusal): return refuse(refusal, context)
        }
        let hasBody = RequestCheck.hasBody(head)
        if hasBody, limit == 0 { closes = true }
        // Hummingbird closes a connection only if the request has this header.
        if closes { head.headers.replaceOrAdd(name: "connection", value: "close") }
        guard hasBody else {
            phase = .receiving(head, limit: 0)
            return
        }
        guard limit > 0 else { return pass(head, context) }
        if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }), length > limit {
            return refuse(.tooLarge, context)
        }
        let own = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        guard
            let number = rules.budget.open(
                PeerAddress(context.channel.remoteAddress),
                evict: { eventLoop.execute { own.value.evict() } }
            )
        else {
            return refuse(.noRoom, context)
        }
        bodyNumber = number
        phase = .receiving(head, limit: limit)
        if !head.isOld, head.headers[canonicalForm: "expect"].contains(where: { $0.lowercased() == "100-continue" }) {
            context.writeAndFlush(wrapOutboundOut(.head(.init(version: .http1_1, status: .continue))), promise: nil)
        }
    }

    private func add(_ part: ByteBuffer, _ limit: Int, _ context: ChannelHandlerContext) {
        guard let bodyNumber, (body?.readableBytes ?? 0) + part.readableBytes <= limit else {
            return refuse(.tooLarge, context)
        }
        guard rules.budget.add(part.readableBytes, to: bodyNumber) else { return refuse(.noRoom, context) }
        // A copy: `part` is a slice of a larger buffer.
        if body == nil { body = context.channel.allocator.buffer(capacity: part.readableBytes) }
        body?.writeImmutableBuffer(part)
    }

    private func pass(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        phase = .answering
        isBegun = false
        if closes { bytes.isClosed = true }
        connection?.markAnswering()
        if !rules.limitsAnswers { deadline?.move(to: .distantFuture) }
        context.fireChannelRead(wrapInboundOut(.head(head)))
        if let body { context.fireChannelRead(wrapInboundOut(.body(body))) }
        body = nil
        context.fireChannelRead(wrapInboundOut(.end(nil)))
    }

    /// Delays reads while a request is answered: further input stays with the client.
    func read(context: ChannelHandlerContext) {
        if case .answering = phase { isReadWanted = true } else { context.read() }
    }

    // MARK: Answering a request

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            if head.status == .ok, bodyNumber != nil { connection?.markWebhook() }
            guard closes else { return context.write(data, promise: promise) }
            head.headers.replaceOrAdd(name: "connection", value: "close")
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body:
            context.write(data, promise: promise)
        case .end:
            let written = promise ?? context.eventLoop.makePromise(of: Void.self)
            deadline?.move(to: .now() + rules.request)
            written.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.finishAnswer() }
            context.write(data, promise: written)
        }
    }

    /// Ends a request after its whole answer is written to the socket.
    private func finishAnswer() {
        guard case .answering = phase, let context else { return }
        forgetBody()
        if closes { return closeGracefully(context) }
        phase = .waiting
        isHead = false
        connection?.markIdle()
        deadline?.move(to: .now() + rules.idle)
        next(context)
    }

    private func next(_ context: ChannelHandlerContext) {
        while !early.isEmpty {
            let part = early.removeFirst()
            if case .head = part {
                earlyRequests -= 1
                deadline?.move(to: .now() + rules.request)
            }
            take(part, context)
            if case .answering = phase {
                context.fireChannelReadComplete()
                return
            }
        }
        if isReadWanted {
            isReadWanted = false
            context.read()
        }
    }

    // MARK: Refusing a request

    private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        if let kind = refusal.kind { rules.refused(kind) }
        body = nil
        let text = rules.text(of: refusal)
        var headers = HTTPHeaders([
            ("content-type", text.type), ("content-length", "\(text.body.utf8.count)"), ("connection", "close"),
            ("date", rules.date.text), ("server", "dripd"),
        ])
        if let seconds = refusal.retryAfter { headers.add(name: "retry-after", value: "\(seconds)") }
        context.write(
            wrapOutboundOut(.head(.init(version: .http1_1, status: refusal.status, headers: headers))),
            promise: nil
        )
        if !isHead { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text.body)))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        closeGracefully(context)
    }

    /// Closes the connection after the client has had time to read the answer. A close with unread input would reset the
    /// connection and lose the answer.
    private func closeGracefully(_ context: ChannelHandlerContext) {
        end()
        isBegun = false
        bytes.isClosed = true
        context.close(mode: .output, promise: nil)
        deadline?.move(to: .now() + Self.closeDelay)
        if isReadWanted {
            isReadWanted = false
            context.read()
        }
    }

    /// Refuses a request whose place in the budget was given to a smaller body.
    private func evict() {
        guard case .receiving = phase, let context else { return }
        bodyNumber = nil
        refuse(.noRoom, context)
    }

    private func expire() {
        guard let context else { return }
        if isBegun { rules.refused(.slow) }
        context.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return context.fireErrorCaught(error) }
        switch phase {
        case .over: return
        case .answering:
            // The answer under way is the last one of this connection.
            closes = true
            bytes.isClosed = true
        case .receiving: refuse(bodyNumber == nil ? .badHTTP : .brokenBody, context)
        case .waiting: refuse(bytes.isTLS ? .tls : Refusal(error), context)
        }
    }

    private func forgetBody() {
        body = nil
        if let bodyNumber { rules.budget.close(bodyNumber) }
        bodyNumber = nil
    }
}

extension Refusal {
    fileprivate init(_ error: HTTPParserError) {
        switch error {
        case .headerOverflow: self = .longHeader
        case .invalidVersion: self = .badVersion
        default: self = .badHTTP
        }
    }
}
