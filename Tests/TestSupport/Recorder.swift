import Synchronization

/// Records lines from the code under test, and lets a test wait for them.
package final class Recorder: Sendable {
    package let lines: AsyncStream<String>
    private let continuation: AsyncStream<String>.Continuation
    private let written = Mutex<[String]>([])

    package init() {
        (lines, continuation) = AsyncStream.makeStream(of: String.self)
    }

    package var all: [String] {
        written.withLock { $0 }
    }

    package func record(_ line: String) {
        written.withLock { $0.append(line) }
        continuation.yield(line)
    }

    /// Returns as soon as a line equal to `line` is recorded.
    package func wait(for line: String) async {
        _ = await lines.first { $0 == line }
    }
}
