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
