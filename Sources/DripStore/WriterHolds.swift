import Synchronization

/// How long one kind of write has held the writer: nothing else is written meanwhile, no webhook and no outcome.
package struct WriterHold: Hashable, Sendable {
    /// What it was for: the method of the store, by its name in the code.
    package let operation: String
    package var count: Int
    package var total: Duration
    /// The longest one since the daemon started.
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
    /// From the moment in which it got the writer.
    package let duration: Duration
    /// How much of that went by after its last statement: the disk, and the checkpoint that SQLite makes in a commit.
    package let commit: Duration
}

/// Measures each write transaction from the moment in which it gets the writer to the end of its commit.
package final class WriterHolds: Sendable {
    private struct State {
        var holds: [String: WriterHold] = [:]
        var onLongWrite: (@Sendable (LongWrite) -> Void)?
    }

    /// Longer writes are reported one by one.
    package static let limit = Duration.milliseconds(100)

    private let state = Mutex(State())

    init() {}

    /// By kind, in the order of their names.
    package var all: [WriterHold] {
        state.withLock { $0.holds.values.sorted { $0.operation < $1.operation } }
    }

    /// Reports each long write from now on. Called on the writer's own thread: must not block.
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
