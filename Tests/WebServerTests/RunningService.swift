import Channels
import Logging
import ServiceLifecycle
import TestSupport

/// Runs a server for one test and shuts it down gracefully afterwards, and the client with it.
/// - Parameters:
///   - make: makes the service, which is to say when it is ready, and by which address.
///   - body: gets the client and that address.
func running<Address: Sendable>(
    _ make: (_ ready: @escaping @Sendable (Address) -> Void) -> some Service,
    _ body: (CurlTransport, Address) async throws -> Void
) async throws {
    let (addresses, continuation) = AsyncStream<Address>.makeStream()
    let service = make { continuation.yield($0) }
    let group = ServiceGroup(configuration: ServiceGroupConfiguration(services: [service], logger: .silent))
    let transport = try CurlTransport(userAgent: "test/1")
    async let run: Void = {
        defer { continuation.finish() }
        try await group.run()
    }()
    let result: Result<Void, any Error>
    do {
        for await address in addresses {
            try await body(transport, address)
            break
        }
        result = .success(())
    } catch {
        result = .failure(error)
    }
    await transport.shutdown()
    await group.triggerGracefulShutdown()
    try await run
    try result.get()
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}
