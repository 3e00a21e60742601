import Channels
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
