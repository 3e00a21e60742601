import Channels
import Foundation
import Glibc
import Testing

/// A transport for one test, shut down afterwards: then libcurl can neither send nor receive another byte.
func withTransport<Result>(
    _ change: (inout TransportLimits) -> Void = { _ in },
    _ body: (CurlTransport) async throws -> Result
) async throws -> Result {
    var limits = TransportLimits()
    // On a busy machine half a minute may pass between two requests of a test, and the second would open a connection.
    limits.idleConnectionSeconds = 3600
    change(&limits)
    let transport = try CurlTransport(userAgent: "dripd/1.2.3", limits: limits)
    let result: Swift.Result<Result, any Error>
    do {
        result = .success(try await body(transport))
    } catch {
        result = .failure(error)
    }
    await transport.shutdown()
    return try result.get()
}

extension Transport {
    /// The error of a request that must fail.
    func failure(
        of request: HTTPRequest,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> TransportError {
        do {
            let response = try await send(request)
            Issue.record("answered with \(response.status)", sourceLocation: sourceLocation)
            throw CancellationError()
        } catch let error as TransportError {
            return error
        }
    }
}

extension HTTPTimeLimits {
    /// For servers that never answer.
    static let short = HTTPTimeLimits(connectMilliseconds: 2_000, totalMilliseconds: 1_000, stallSeconds: 5)
}

extension HTTPRequest {
    static func post(
        _ body: String = #"{"text":"hi"}"#,
        to url: String,
        timeLimits: HTTPTimeLimits = .standard
    ) -> HTTPRequest {
        .postJSON(Array(body.utf8), to: url, timeLimits: timeLimits)
    }

    static func get(_ url: String, timeLimits: HTTPTimeLimits = .standard) -> HTTPRequest {
        HTTPRequest(method: .get, url: url, timeLimits: timeLimits)
    }
}

/// A port of 127.0.0.1 that belongs to this test, and on which nobody listens. A port that was merely given back may be
/// another test's server a moment later.
final class ClosedPort {
    let port: Int
    private let descriptor: Int32

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            return bind(descriptor, pointer, length) == 0 ? getsockname(descriptor, pointer, &length) : -1
        }
        guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        self.descriptor = descriptor
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(descriptor) }

    var url: String { "http://127.0.0.1:\(port)/" }
}

/// An address on this machine that lets nobody in: the queue of connections that wait to be accepted is full, and the
/// kernel then drops who knocks, as a firewall or a machine that is gone would.
final class SilentHost {
    let port: Int
    private var descriptors: [Int32] = []

    struct NotFull: Error {}

    init() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        descriptors = [listener]
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        try withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            guard bind(listener, pointer, length) == 0, listen(listener, 0) == 0,
                getsockname(listener, pointer, &length) == 0
            else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        // The first that is not let in at once finds the queue full.
        for _ in 0..<16 {
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            descriptors.append(client)
            let code = withUnsafeBytes(of: &address) {
                connect(client, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), length)
            }
            var waiting = pollfd(fd: client, events: Int16(POLLOUT), revents: 0)
            if code != 0, poll(&waiting, 1, 50) == 0 { return }
        }
        throw NotFull()
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }
}

/// Something that happens on a server's thread and that a test waits for.
struct Event: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func happen() {
        continuation.yield()
    }

    /// Returns once for each time that it happened.
    func wait() async {
        for await _ in stream { return }
    }
}
