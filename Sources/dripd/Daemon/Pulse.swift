/// Says that something changed; however often before somebody looks, it counts once.
struct Pulse: Sendable {
    let beats: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (beats, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    @Sendable func beat() {
        continuation.yield()
    }

    func finish() {
        continuation.finish()
    }
}
