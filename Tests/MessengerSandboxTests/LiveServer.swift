import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization

@testable import MessengerSandbox

/// A sandbox on a free port, and a client that sees connections closed without an answer for what they are.
struct LiveServer {
    let sandbox: Sandbox
    let port: Int

    /// Runs `body` against a server, and then shuts that down gracefully.
    ///
    /// - Parameters:
    ///   - answer: what the daemon answers to a webhook; nil when it cannot be reached.
    ///   - mail: nil for a sandbox without a mail server.
    static func run(
        mail: MailConfiguration? = MailConfiguration(host: "127.0.0.1", port: 0),
        answer: @escaping @Sendable (_ headers: [(String, String)], _ body: String) -> Int? = { _, _ in 200 },
        body: (LiveServer, ServiceGroup) async throws -> Void
    ) async throws {
        let logger = Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }
        var configuration = TestPlatform.configuration
        configuration.mail = mail
        let sandbox = try Sandbox(
            configuration: configuration,
            run: 7,
            now: { TestPlatform.start },
            post: { _, headers, body in
                guard let status = answer(headers, String(decoding: body, as: UTF8.self)) else { throw Unreachable() }
                return status
            },
            logger: logger
        )
        let (ports, port) = AsyncStream<Int>.makeStream()
        let application = SandboxApplication(sandbox: sandbox, logger: logger) { port.yield($0) }
        let services = ServiceGroup(configuration: ServiceGroupConfiguration(services: [application], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { port.finish() }
                try await services.run()
            }
            if let number = await ports.first(where: { _ in true }) {
                try await body(LiveServer(sandbox: sandbox, port: number), services)
            }
            await services.triggerGracefulShutdown()
            try await group.waitForAll()
        }
    }

    func get(_ path: String) async throws -> String {
        try await exchange("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    }

    func post(_ path: String, _ body: String, contentType: String = "application/json") async throws -> String {
        try await post(path, Array(body.utf8), fields: [("Content-Type", contentType)])
    }

    func post(_ path: String, _ body: [UInt8], fields: [(String, String)]) async throws -> String {
        let header = """
            POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\
            \(fields.map { "\($0.0): \($0.1)\r\n" }.joined())Content-Length: \(body.count)\r\n\r\n
            """
        return try await exchange(Array(header.utf8) + body)
    }

    func delete(_ path: String) async throws -> String {
        try await exchange("DELETE \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    }

    func sendText() async throws -> String {
        try await post(
            "/v25.0/me/messages?access_token=TOKEN",
            #"{"recipient":{"id":"5678"},"message":{"text":"hi"}}"#
        )
    }

    /// Everything that comes back until the server closes the connection.
    func exchange(_ request: String) async throws -> String {
        try await exchange(Array(request.utf8))
    }

    private func exchange(_ request: [UInt8]) async throws -> String {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(bytes: request))
            var response = ByteBuffer()
            for try await part in inbound { response.writeImmutableBuffer(part) }
            return String(buffer: response)
        }
    }

    private struct Unreachable: Error {}
}
