import NIOCore
import NIOPosix

@testable import MessengerSandbox

/// A mail client that writes what the test says, and reads the replies.
final class MailClient {
    private let channel: any Channel
    private var parts: AsyncStream<ByteBuffer>.Iterator
    private var received: [UInt8] = []

    /// Connects to the mail server, and closes the connection after `body`.
    static func run(_ server: LiveServer, body: (MailClient) async throws -> Void) async throws {
        let client = try await MailClient(server)
        do {
            try await body(client)
        } catch {
            await client.close()
            throw error
        }
        await client.close()
    }

    /// Like ``run(_:body:)``, after the greeting and `EHLO`.
    static func runGreeted(_ server: LiveServer, body: (MailClient) async throws -> Void) async throws {
        try await run(server) { client in
            _ = await client.reply()
            _ = try await client.say("EHLO client.example")
            try await body(client)
        }
    }

    init(_ server: LiveServer) async throws {
        guard let port = server.sandbox.mail.port else { throw NoMailServer() }
        let (parts, continuation) = AsyncStream<ByteBuffer>.makeStream()
        channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Receiver(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        self.parts = parts.makeAsyncIterator()
    }

    func close() async {
        try? await channel.close()
    }

    /// Sends a command, and returns the reply; nil if the server closes the connection.
    func say(_ command: String) async throws -> String? {
        // If the connection is closed by now, the reply says so.
        try? await send(command + "\r\n")
        return await reply()
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    /// The next reply, its lines separated by line feeds; nil if the server closes the connection.
    func reply() async -> String? {
        var lines: [String] = []
        while let line = await line() {
            lines.append(line)
            if line.utf8.count < 4 || line.utf8.dropFirst(3).first != UInt8(ascii: "-") {
                return lines.joined(separator: "\n")
            }
        }
        return nil
    }

    /// Begins a mail, up to the reply to `DATA`.
    func begin(
        from sender: String = "shop@shop.example",
        to recipient: String = "lan@example.com"
    ) async throws -> String? {
        _ = try await say("MAIL FROM:<\(sender)>")
        _ = try await say("RCPT TO:<\(recipient)>")
        return try await say("DATA")
    }

    /// Sends a whole mail, and returns the last reply.
    func mail(
        _ text: String = "Subject: hi\r\n\r\nhello",
        from sender: String = "shop@shop.example"
    ) async throws -> String? {
        _ = try await begin(from: sender)
        return try await say(text + "\r\n.")
    }

    private func line() async -> String? {
        while true {
            if let end = received.firstIndex(of: 0x0a) {
                let line = received[..<end].filter { $0 != 0x0d }
                received.removeFirst(end + 1)
                return String(decoding: line, as: UTF8.self)
            }
            guard let part = await parts.next(isolation: #isolation) else { return nil }
            received += part.readableBytesView
        }
    }

    private struct NoMailServer: Error {}

    private final class Receiver: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let continuation: AsyncStream<ByteBuffer>.Continuation

        init(_ continuation: AsyncStream<ByteBuffer>.Continuation) {
            self.continuation = continuation
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            continuation.yield(unwrapInboundIn(data))
        }

        func channelInactive(context: ChannelHandlerContext) {
            continuation.finish()
        }

        /// A connection that the server drops may be reset.
        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
