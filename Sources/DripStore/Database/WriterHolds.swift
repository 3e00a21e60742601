import Synchronization

/// How long one kind of write has held the writer. Meanwhile nothing else is written, not even a webhook or an outcome.
package struct WriterHold: Hashable, Sendable {
    /// The name of the store's method.
    package let operation: String
    package var count: Int
    package var total: Duration
    /// The longest write since the daemon started.
    package var longest: Duration

    package init(operation: String, count: Int = 0, total: Duration = .zero, longest: Duration = .zero) {
        self.operation = operation
        self.count = count
        self.total = total
        self.longest = longest
    }
}

/// One write that took longer than webhooks and messages should wait.
package struct LongWrite: Hashable, Sendable {
    package let operation: String
    /// The time since it got the writer.
    package let duration: Duration
    /// The part of the duration after its last statement: the disk, and a checkpoint that SQLite makes during the
    /// commit.
    package let commit: Duration
}

/// Measures each write transaction from the moment it gets the writer to the end of its commit.
package final class WriterHolds: Sendable {
    private struct State {
        var holds: [String: WriterHold] = [:]
        var onLongWrite: (@Sendable (LongWrite) -> Void)?
    }

    /// Writes longer than this are reported one by one.
    package static let limit = Duration.milliseconds(100)

    private let state = Mutex(State())

    init() {}

    /// All holds, sorted by operation.
    package var all: [WriterHold] {
        state.withLock { $0.holds.values.sorted { $0.operation < $1.operation } }
    }

    /// Sets a callback for long writes. It runs on the writer's own thread and must not block.
    package func whenLong(_ report: @escaping @Sendable (LongWrite) -> Void) {
        state.withLock { $0.onLongWrite = report }
    }

    func add(_ write: LongWrite) {
        let report = state.withLock { state in
            var hold = state.holds[write.operation] ?? WriterHold(operation: write.operation)
            hold.count += 1
            hold.total += write.duration
            hold.longest = max(hold.longest, write.duration)
            state.holds[write.operation] = hold
            return write.duration > Self.limit ? state.onLongWrite : nil
        }
        report?(write)
    }
}

/// Sizes of slices. Work on many rows is split into several transactions, so that a webhook or an outcome waits for
/// only one of them. Each takes about ten milliseconds on a slow machine.
enum WriteSlices {
    static let importedPeople = 1000
    static let taggedPeople = 200
    /// Events of one webhook. If a later slice fails, the platform repeats the whole webhook, and stored events change
    /// nothing.
    static let events = 64
}

extension Array {
    /// Splits the elements into slices of up to `count`.
    func slices(of count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}
