import Channels

/// Background work of the daemon that asks the platform, waits and asks again. It stops at each request and each wait until the
/// world lets it continue, so that anything may happen in between.
final class BackgroundTask: Transport {
    enum Stop: Sendable {
        case asks(HTTPRequest, CheckedContinuation<Result<HTTPResponse, TransportError>, Never>)
        case waits(Duration, CheckedContinuation<Bool, Never>)
        case isOver(error: (any Error)?)
    }

    let name: String
    private let rounds: AsyncStream<Void>
    private let ring: AsyncStream<Void>.Continuation
    private let stops: AsyncStream<Stop>
    private let stop: AsyncStream<Stop>.Continuation

    init(_ name: String) {
        self.name = name
        (rounds, ring) = AsyncStream.makeStream()
        (stops, stop) = AsyncStream.makeStream()
    }

    /// Runs one round for each call of `begin`.
    /// - Parameter make: makes the closure that runs a round. The closure stays within the errand's task.
    func serve(_ make: @escaping @Sendable () -> (() async throws -> Void)) -> Task<Void, Never> {
        Task {
            let round = make()
            for await _ in rounds {
                do {
                    try await round()
                    stop.yield(.isOver(error: nil))
                } catch {
                    stop.yield(.isOver(error: error))
                }
            }
        }
    }

    func begin() { ring.yield() }

    func end() { ring.finish() }

    /// Waits until the errand stops again.
    func next() async -> Stop {
        for await stop in stops { return stop }
        return .isOver(error: nil)
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        try await withCheckedContinuation { stop.yield(.asks(request, $0)) }.get()
    }

    func pause(_ duration: Duration) async throws {
        let goesOn = await withCheckedContinuation { stop.yield(.waits(duration, $0)) }
        guard goesOn else { throw CancellationError() }
    }
}
