import Synchronization

/// Takes what the code under test hands out, and lets a test wait for it.
final class Recorder: Sendable {
    let lines: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation
    private let written = Mutex<[String]>([])

    init() {
        (lines, continuation) = AsyncStream.makeStream(of: String.self)
    }

    var all: [String] {
        written.withLock { $0 }
    }

    func record(_ line: String) {
        written.withLock { $0.append(line) }
        continuation.yield(line)
    }

    /// Returns when a line equal to `line` has come.
    func wait(for line: String) async {
        _ = await lines.first { $0 == line }
    }
}
