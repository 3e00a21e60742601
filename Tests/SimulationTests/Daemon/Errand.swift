import Channels

/// What the daemon does beside its messages: it asks the platform, waits, asks again. It stands still at each of these until the
/// world lets it go on, so that anything may happen in between.
final class Errand: Transport {
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

    /// Goes through a round of it each time that `begin` is called.
    /// - Parameter make: makes what goes through one, which lives in the errand's task alone.
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

    /// Waits until it stands still again.
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
